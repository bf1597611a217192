-- What every tenant database has before any master: settings, users, roles, one-time links, the outbox and
-- the audit. Runs as the migration role, which owns everything; the application's login is a member of
-- `erp_app` and owns nothing.

-- A table that a later migration adds has its grants at once.
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO erp_app;
ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO erp_app;
GRANT USAGE ON SCHEMA public TO erp_app;

-- One row: what the tenant has decided for all its companies.
CREATE TABLE tenant_settings (
    only_row        boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    -- The language, zone and currency that a new company starts with.
    language        text NOT NULL DEFAULT 'en' CHECK (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
    time_zone       text NOT NULL DEFAULT 'UTC',
    currency        text NOT NULL DEFAULT 'EUR' CHECK (currency ~ '^[A-Z]{3}$'),
    -- The policy version that the roles and grants below stand at. The control database holds the highest
    -- that was ever in force: a lower one here means that this database came back from a backup.
    policy_version  bigint NOT NULL DEFAULT 1,
    -- Rules that the tenant has set by hand, by name.
    rules           jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(rules) = 'object')
);

CREATE TABLE app_user (
    id              uuid PRIMARY KEY,
    email           text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    -- The address folded by the hub's one function; two spellings of one address are one user.
    email_folded    text NOT NULL UNIQUE,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    language        text,
    state           text NOT NULL CHECK (state IN ('invited', 'active', 'disabled')),
    -- Argon2id in PHC form; null until the invitation is accepted.
    password_hash   text,
    -- Where the person works: what scopes and row rules of the roles ask for.
    company_ids     uuid[] NOT NULL DEFAULT '{}',
    branch_ids      uuid[] NOT NULL DEFAULT '{}',
    department_ids  uuid[] NOT NULL DEFAULT '{}',
    warehouse_ids   uuid[] NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CHECK (state <> 'active' OR password_hash IS NOT NULL)
);

-- The definition is `domain::permissions::Role` as JSON: permissions, field rights, scopes, limits, inheritance.
CREATE TABLE app_role (
    key         text PRIMARY KEY CHECK (key ~ '^[a-z][a-z0-9_]{0,39}$'),
    -- A standard role can be changed and set back to what the product ships.
    standard    boolean NOT NULL DEFAULT false,
    definition  jsonb NOT NULL CHECK (jsonb_typeof(definition) = 'object'),
    updated_at  timestamptz NOT NULL
);

CREATE TABLE user_role (
    user_id     uuid NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    role_key    text NOT NULL REFERENCES app_role (key),
    granted_at  timestamptz NOT NULL,
    granted_by  uuid REFERENCES app_user (id),
    PRIMARY KEY (user_id, role_key)
);
CREATE INDEX user_role_by_role ON user_role (role_key);

-- Links that work once: to accept an invitation, to set a new password. Only the hash is kept.
CREATE TABLE one_time_link (
    hash        bytea PRIMARY KEY CHECK (length(hash) = 32),
    purpose     text NOT NULL CHECK (purpose IN ('invitation', 'password_reset')),
    user_id     uuid NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL CHECK (expires_at > created_at),
    used_at     timestamptz
);
CREATE INDEX one_time_link_by_user ON one_time_link (user_id) WHERE used_at IS NULL;

-- Written in the transaction of what causes it, sent by a job afterwards: a mail is neither lost nor sent for
-- something that was rolled back.
CREATE TABLE outbox (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('mail', 'webhook')),
    payload     jsonb NOT NULL CHECK (jsonb_typeof(payload) = 'object'),
    created_at  timestamptz NOT NULL,
    -- Not before this; moved forward after each failure.
    due_at      timestamptz NOT NULL,
    attempts    integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    last_error  text,
    sent_at     timestamptz,
    -- Set when the last attempt has failed: a person must look.
    dead_at     timestamptz,
    CHECK (sent_at IS NULL OR dead_at IS NULL)
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE sent_at IS NULL AND dead_at IS NULL;

-- ---------------------------------------------------------------------------------------------- audit
-- Entries are written unchained, in the transaction of what they tell of; a sealer chains what is committed.
-- So no two transactions wait for each other because of the audit.

CREATE TABLE audit_entry (
    id              uuid PRIMARY KEY,
    at              timestamptz NOT NULL,
    user_id         uuid,
    device_id       uuid,
    address         text,
    op_id           uuid,
    action          text NOT NULL,
    outcome         text NOT NULL CHECK (outcome IN ('done', 'denied', 'failed')),
    entity          text,
    row_id          uuid,
    -- SHA-256 over salt and values (see `audit_value`); null where the entry has no values.
    values_digest   bytea CHECK (length(values_digest) = 32)
);
CREATE INDEX audit_entry_by_row ON audit_entry (entity, row_id, at) WHERE row_id IS NOT NULL;
CREATE INDEX audit_entry_by_user ON audit_entry (user_id, at);

-- The values, apart from the chain: a person's data can be erased by law and the chain still holds. The salt
-- goes with them, so that what is left cannot be guessed back.
-- No foreign key here nor in `audit_unsealed`: one statement writes the three, and a push writes thousands.
CREATE TABLE audit_value (
    entry_id    uuid PRIMARY KEY,
    salt        bytea NOT NULL CHECK (length(salt) = 16),
    -- {field: {before, after}}, or what the action is about.
    -- Kept as the exact text that was hashed.
    changes     json NOT NULL
);

-- What the sealer has not seen yet.
CREATE TABLE audit_unsealed (
    entry_id    uuid PRIMARY KEY
);

CREATE TABLE audit_chain (
    place       bigint PRIMARY KEY CHECK (place > 0),
    entry_id    uuid NOT NULL UNIQUE REFERENCES audit_entry (id),
    -- SHA-256 over the hash before, the place and the entry.
    hash        bytea NOT NULL CHECK (length(hash) = 32)
);

-- The application adds to the audit and reads it; it changes and removes nothing.
REVOKE UPDATE, DELETE ON audit_entry, audit_value, audit_chain FROM erp_app;
REVOKE UPDATE ON audit_unsealed FROM erp_app;
