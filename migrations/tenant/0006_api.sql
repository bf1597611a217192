-- The API for integrations: the first answer to each write that named a key, for its repeats.
CREATE TABLE api_answer (
    -- Of the operation that the key stands for: made from the person and the key.
    op_id           uuid PRIMARY KEY,
    -- SHA-256 over what was asked.
    request_hash    bytea NOT NULL CHECK (length(request_hash) = 32),
    status          smallint NOT NULL CHECK (status BETWEEN 200 AND 499),
    -- The version of the record that the answer tells of, and its id where the answer says where it is.
    version         bigint,
    created_id      uuid,
    body            bytea NOT NULL,
    answered_at     timestamptz NOT NULL
);
REVOKE UPDATE, DELETE ON api_answer FROM erp_app;

-- The entries of maps that stand once in the tenant (ids of other systems), folded as people compare them.
-- Whoever writes the record writes them too.
CREATE TABLE unique_entry (
    entity      text COLLATE "C" NOT NULL,
    field       text COLLATE "C" NOT NULL,
    folded      text COLLATE "C" NOT NULL,
    row_id      uuid NOT NULL,
    PRIMARY KEY (entity, field, folded)
);
CREATE INDEX unique_entry_by_row ON unique_entry (entity, row_id);
