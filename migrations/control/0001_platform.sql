-- The platform: clusters, tenants, operators, and what was done to them.
-- Nothing here holds a tenant's business data. A tenant's database is found through this schema alone.

CREATE TABLE clusters (
    id          uuid PRIMARY KEY,
    name        text NOT NULL UNIQUE CHECK (name ~ '^[a-z][a-z0-9_-]{0,39}$'),
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'full', 'closed')),
    -- Null: the cluster that holds this control database. Otherwise host, or a socket folder, and port.
    host        text,
    port        integer CHECK (port BETWEEN 1 AND 65535),
    created_at  timestamptz NOT NULL
);

CREATE TABLE tenants (
    id              uuid PRIMARY KEY,
    -- Kept after deletion in `former_slug`, so that a slug can be used again and the history stays.
    slug            text UNIQUE CHECK (slug ~ '^[a-z0-9](-?[a-z0-9])*$' AND length(slug) BETWEEN 3 AND 40),
    former_slug     text,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    cluster_id      uuid NOT NULL REFERENCES clusters (id),
    -- The database and the login role have this one name: erp_tenant_{opaque id}.
    database_name   text NOT NULL UNIQUE CHECK (database_name ~ '^erp_tenant_[0-9a-f]{32}$'),
    -- The login role's password, sealed with the hub's key and bound to the tenant's id.
    sealed_password bytea NOT NULL,
    state           text NOT NULL CHECK (state IN ('creating', 'active', 'migrating', 'suspended', 'deleting', 'deleted')),
    -- The last finished step of creation; null once the tenant has become active.
    creation_step   text,
    schema_version  bigint NOT NULL DEFAULT 0,
    -- One life of the tenant's database: a restore starts a new one.
    epoch           bigint NOT NULL DEFAULT 1 CHECK (epoch > 0),
    -- Rises with every change of roles, grants, masks or scopes.
    policy_version  bigint NOT NULL DEFAULT 1,
    plan            text NOT NULL DEFAULT 'standard',
    max_users       integer CHECK (max_users > 0),
    max_devices     integer CHECK (max_devices > 0),
    max_storage     bigint CHECK (max_storage > 0),
    -- From one hour to 45 days.
    lease_seconds   integer NOT NULL DEFAULT 1209600 CHECK (lease_seconds BETWEEN 3600 AND 3888000),
    -- Reading only, after the lease: up to 45 days.
    grace_seconds   integer NOT NULL DEFAULT 604800 CHECK (grace_seconds BETWEEN 0 AND 3888000),
    created_at      timestamptz NOT NULL,
    state_since     timestamptz NOT NULL,
    CHECK ((slug IS NULL) = (state = 'deleted')),
    CHECK ((creation_step IS NOT NULL) = (state = 'creating'))
);
CREATE INDEX tenants_by_state ON tenants (state);

-- Counted from the first day, one row a tenant and day and measure.
CREATE TABLE tenant_usage (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    day         date NOT NULL,
    measure     text NOT NULL CHECK (measure IN ('sign_ins', 'requests', 'ops', 'bytes_in', 'bytes_out', 'attachment_bytes')),
    amount      bigint NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (tenant_id, day, measure)
);

CREATE TABLE operators (
    id              uuid PRIMARY KEY,
    email           text NOT NULL UNIQUE,
    name            text NOT NULL,
    password_hash   text NOT NULL,
    state           text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'disabled')),
    created_at      timestamptz NOT NULL
);

-- What operators and commands did to tenants. Append-only by trigger: not even the owner edits it in passing.
CREATE TABLE platform_audit (
    id          uuid PRIMARY KEY,
    at          timestamptz NOT NULL,
    operator_id uuid REFERENCES operators (id),
    tenant_id   uuid REFERENCES tenants (id),
    action      text NOT NULL,
    detail      jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX platform_audit_by_tenant ON platform_audit (tenant_id, at);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER platform_audit_is_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON platform_audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
