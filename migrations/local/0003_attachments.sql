-- Attached files. Their content lies beside this file, each under a key of its own that is made of the salt here
-- and the key of this file: without its row a file there is noise.
CREATE TABLE attachment_file (
    -- SHA-256 of the content, in hexadecimal.
    hash TEXT PRIMARY KEY,
    -- What the file beside is called; not by its content, which would tell what it is.
    file BLOB NOT NULL UNIQUE,
    salt BLOB NOT NULL,
    size INTEGER NOT NULL,
    -- 0 while it is on its way here.
    whole INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is known of a file as one record names it.
CREATE TABLE attachment_standing (
    row_id BLOB NOT NULL,
    entity TEXT NOT NULL,
    hash TEXT NOT NULL,
    -- It was attached on this device, which therefore sends it.
    attached_here INTEGER NOT NULL,
    -- The life of the hub that was told to have it.
    hub_epoch INTEGER,
    -- The hub was asked for it and had none.
    missing INTEGER NOT NULL,
    PRIMARY KEY (row_id, hash, entity)
) STRICT, WITHOUT ROWID;
