-- The entries of maps of which each stands once in the tenant (ids of other systems), folded as they are compared.
-- Kept by the triggers of the records' tables; a device may hold one twice until the hub has judged its work.
CREATE TABLE unique_entry (
    entity INTEGER NOT NULL,
    field TEXT NOT NULL,
    folded TEXT NOT NULL,
    row_id BLOB NOT NULL,
    PRIMARY KEY (entity, field, folded, row_id)
) STRICT, WITHOUT ROWID;
