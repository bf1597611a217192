-- Numbers that this device alone gives codes with. Each is drawn in the transaction that writes the record which is
-- given it, so that none is given twice and none is lost.
CREATE TABLE number_lease (
    lease_id BLOB PRIMARY KEY,
    series_id BLOB NOT NULL,
    period TEXT NOT NULL,
    -- The master whose codes they are.
    entity TEXT NOT NULL,
    company_id BLOB NOT NULL,
    branch_id BLOB,
    -- What stands before a number, and the digits of one.
    stem TEXT NOT NULL,
    width INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    -- The first that was not drawn.
    next_number INTEGER NOT NULL,
    -- The days on which they are given, as ISO dates; all days without.
    from_day TEXT,
    to_day TEXT,
    -- They are given back, or are of a hub that does not know them: nothing is drawn, and the hub is still told.
    returned INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX number_lease_by_entity ON number_lease (entity, from_day, stem, next_number) WHERE returned = 0;
