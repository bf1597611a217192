-- The content of attached files. A record's field names each file by its SHA-256; what a record may show of its
-- files is decided by that record, so the content is kept once for each record that names it: who knows no
-- more than a hash gets nothing by writing it into a record of their own.
CREATE TABLE attachment (
    id              uuid PRIMARY KEY,
    entity          text COLLATE "C" NOT NULL,
    row_id          uuid NOT NULL,
    hash            bytea NOT NULL CHECK (length(hash) = 32),
    size            bigint NOT NULL CHECK (size >= 0),
    -- Who is sending it; null once it is here. Nobody goes on with what another device began.
    device_id       uuid,
    received        bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND size),
    touched_at      timestamptz NOT NULL,
    -- When all of it was here and had the hash that it was sent under.
    arrived_at      timestamptz,
    -- Since when no record names it; it is swept away some time after.
    unused_since    timestamptz,
    CHECK ((arrived_at IS NULL) = (device_id IS NOT NULL)),
    CHECK (arrived_at IS NULL OR received = size)
);
CREATE UNIQUE INDEX attachment_here ON attachment (entity, row_id, hash) WHERE arrived_at IS NOT NULL;
CREATE UNIQUE INDEX attachment_on_its_way ON attachment (entity, row_id, hash, device_id)
    WHERE arrived_at IS NULL;

CREATE TABLE attachment_part (
    attachment_id   uuid NOT NULL REFERENCES attachment (id) ON DELETE CASCADE,
    -- Where the bytes stand in the file.
    at              bigint NOT NULL CHECK (at >= 0),
    bytes           bytea NOT NULL CHECK (length(bytes) > 0),
    PRIMARY KEY (attachment_id, at)
);
-- Files are packed already, most of them; trying again costs time and gains nothing.
ALTER TABLE attachment_part ALTER COLUMN bytes SET STORAGE EXTERNAL;
