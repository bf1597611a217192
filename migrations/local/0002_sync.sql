-- What the device keeps beside the records: its own work, the hub's images below it, what it may hold and
-- how far, and the search index. Only this crate's own functions write here.

-- Numbers of entities in this file: short names for the tables below.
CREATE TABLE entity (
    no INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- Small values by name: the lease, the profile, and the store's own (`store.…`).
CREATE TABLE kept (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The end of the hash chain of all ops this device ever made; ops themselves may be gone.
CREATE TABLE chain (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    op_seq INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- Ops that are shown on top of the hub's rows: unanswered (no receipt), or answered with an effect that no
-- checkpoint has brought yet. `bytes` are canonical and never rewritten.
CREATE TABLE outbox (
    op_seq INTEGER PRIMARY KEY,
    op_id BLOB NOT NULL UNIQUE,
    entity INTEGER NOT NULL,
    row_id BLOB NOT NULL,
    other_id BLOB,
    bytes BLOB NOT NULL,
    hash BLOB NOT NULL,
    receipt BLOB,
    position INTEGER
) STRICT;
CREATE INDEX outbox_by_row ON outbox (row_id, op_seq);
CREATE INDEX outbox_unanswered ON outbox (op_seq) WHERE receipt IS NULL;
CREATE INDEX outbox_by_other ON outbox (other_id) WHERE other_id IS NOT NULL;

-- Ops the hub has answered for good, kept to be offered again to a hub that was restored.
CREATE TABLE acked_op (
    op_seq INTEGER PRIMARY KEY,
    op_id BLOB NOT NULL UNIQUE,
    entity INTEGER NOT NULL,
    row_id BLOB NOT NULL,
    other_id BLOB,
    bytes BLOB NOT NULL,
    hash BLOB NOT NULL,
    receipt BLOB NOT NULL,
    position INTEGER NOT NULL
) STRICT;
CREATE INDEX acked_op_by_row ON acked_op (row_id);
CREATE INDEX acked_op_by_other ON acked_op (other_id) WHERE other_id IS NOT NULL;

-- The hub's image of each row that has ops in the outbox; NULL where the hub has no such row.
CREATE TABLE base_row (
    entity INTEGER NOT NULL,
    row_id BLOB NOT NULL,
    image BLOB,
    PRIMARY KEY (entity, row_id)
) STRICT, WITHOUT ROWID;

-- The hub's rows that are held, each with its bucket (the hub's number of the place where the row belongs)
-- and the digest of the hub's image.
CREATE TABLE member (
    entity INTEGER NOT NULL,
    row_id BLOB NOT NULL,
    bucket INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (entity, row_id)
) STRICT, WITHOUT ROWID;

-- What they sum up to.
CREATE TABLE digest_sum (
    entity INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (entity, bucket)
) STRICT, WITHOUT ROWID;

-- Frames of a pull that is not whole yet, one row for each page of it.
CREATE TABLE staging (
    seq INTEGER PRIMARY KEY,
    frames BLOB NOT NULL
) STRICT;

-- Indexes that a side file does without until its snapshot is complete.
CREATE TABLE deferred_index (
    name TEXT PRIMARY KEY,
    sql TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The search index holds no text of its own. `doc` (its rowid) is the entity's number times 2^40 plus the
-- row's `nr`. Words of a row that changed stay in the index until its parts are merged (see `scrub`).
CREATE VIRTUAL TABLE search USING fts5(
    title, rest,
    content = '', contentless_delete = 1, detail = column, prefix = '2 3', tokenize = 'ascii'
);

-- The words of the index, for a search by a mistyped word.
CREATE VIRTUAL TABLE search_words USING fts5vocab('search', 'row');

-- How far each entity is indexed; rows beyond `done_to` come later.
CREATE TABLE search_progress (
    entity INTEGER PRIMARY KEY,
    done_to INTEGER NOT NULL
) STRICT;

-- Rows up to there that have changed since, or are gone.
CREATE TABLE search_due (
    doc INTEGER PRIMARY KEY
) STRICT;

-- Whether a record has an open item of Attention is asked for each row of a list.
CREATE INDEX attention_by_record ON attention (row_id) WHERE retired_at IS NULL;
