-- What the hub's image of a row holds in fields that this program does not declare: a newer hub sent it, and a newer
-- program will read it. CBOR of `sync_protocol::row::Unknown`. It leaves with the row, and field by field where one may
-- no longer be held.
CREATE TABLE unknown (
    entity INTEGER NOT NULL,
    row_id BLOB NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (entity, row_id)
) STRICT, WITHOUT ROWID;
