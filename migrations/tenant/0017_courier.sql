-- Devices that meet the hub by files that somebody carries, alone or beside the network.
CREATE TABLE sync_courier (
    device_id       uuid PRIMARY KEY,
    -- How long its rights hold offline, for the way there and back; as those of every device where null.
    lease_seconds   integer CHECK (lease_seconds > 0),
    -- The newest of its files that came, the file of the hub that it had taken by then, and what it said there of
    -- itself (CBOR).
    file            bigint NOT NULL DEFAULT 0,
    answer          bigint NOT NULL DEFAULT 0,
    opening         bytea,
    -- How many files were written for it.
    answers         bigint NOT NULL DEFAULT 0,
    CHECK ((file = 0) = (opening IS NULL))
);
