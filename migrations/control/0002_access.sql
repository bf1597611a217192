-- Who may come in: devices, sessions, refresh families, and the brakes on guessing.
-- It lives here and not with the tenant, so that restoring a tenant brings back no revoked device or session.

CREATE TABLE user_versions (
    tenant_id       uuid NOT NULL REFERENCES tenants (id),
    user_id         uuid NOT NULL,
    -- Every access token and refresh family carries it; raising it ends them all.
    session_version bigint NOT NULL DEFAULT 1,
    disabled_at     timestamptz,
    PRIMARY KEY (tenant_id, user_id)
);

CREATE TABLE devices (
    id              uuid PRIMARY KEY,
    tenant_id       uuid NOT NULL REFERENCES tenants (id),
    user_id         uuid NOT NULL,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    signing_key     bytea NOT NULL CHECK (length(signing_key) = 32),
    encryption_key  bytea NOT NULL CHECK (length(encryption_key) = 32),
    -- `wiping`: told to destroy its copy, not yet confirmed.
    state           text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'revoked', 'wiping', 'wiped')),
    state_since     timestamptz NOT NULL,
    enrolled_at     timestamptz NOT NULL,
    last_seen_at    timestamptz,
    app_version     text,
    -- What it was last known to hold and to owe; the honest limit shown for a lost device.
    unsent_ops      bigint,
    UNIQUE (tenant_id, signing_key)
);
CREATE INDEX devices_by_user ON devices (tenant_id, user_id);

-- Every lease that was signed, so that an op made under one can be judged by when that one ran out.
CREATE TABLE device_leases (
    device_id       uuid NOT NULL REFERENCES devices (id),
    serial          bigint NOT NULL CHECK (serial > 0),
    policy_version  bigint NOT NULL,
    issued_at       timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL CHECK (expires_at > issued_at),
    PRIMARY KEY (device_id, serial)
);

CREATE TABLE refresh_families (
    id              uuid PRIMARY KEY,
    tenant_id       uuid NOT NULL REFERENCES tenants (id),
    user_id         uuid NOT NULL,
    device_id       uuid NOT NULL REFERENCES devices (id),
    session_version bigint NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    ended_because   text CHECK (ended_because IN ('logout', 'reuse', 'replaced', 'revoked')),
    CHECK ((ended_at IS NULL) = (ended_because IS NULL))
);
CREATE INDEX refresh_families_by_device ON refresh_families (device_id) WHERE ended_at IS NULL;
CREATE INDEX refresh_families_by_user ON refresh_families (tenant_id, user_id) WHERE ended_at IS NULL;

CREATE TABLE refresh_tokens (
    -- SHA-256 of the token; the token itself is with its device alone.
    hash        bytea PRIMARY KEY CHECK (length(hash) = 32),
    family_id   uuid NOT NULL REFERENCES refresh_families (id) ON DELETE CASCADE,
    issued_at   timestamptz NOT NULL,
    used_at     timestamptz,
    -- The token that this one was last exchanged for; it is exchanged again while that one is unused, for then the
    -- reply was lost.
    successor   bytea
);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);

-- One row for each wrong guess. The key is a hash, so that the table names nobody.
CREATE TABLE failed_sign_ins (
    bucket  text NOT NULL CHECK (bucket IN ('account', 'address', 'device', 'reset')),
    key     bytea NOT NULL CHECK (length(key) = 32),
    at      timestamptz NOT NULL
);
CREATE INDEX failed_sign_ins_by_key ON failed_sign_ins (bucket, key, at);
CREATE INDEX failed_sign_ins_by_time ON failed_sign_ins (at);

-- Hubs listen for this and forget what they remembered of the tenant. Writes here are rare, so that the
-- commit-time lock of NOTIFY costs nothing.
CREATE FUNCTION announce_access_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'tenants' THEN
        PERFORM pg_notify('daybook_access', NEW.id::text);
    ELSE
        PERFORM pg_notify('daybook_access', NEW.tenant_id::text);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER tenants_announce
    AFTER UPDATE OF state, epoch, policy_version, lease_seconds, grace_seconds, max_storage, sealed_password, cluster_id
    ON tenants
    FOR EACH ROW EXECUTE FUNCTION announce_access_change();
CREATE TRIGGER user_versions_announce
    AFTER INSERT OR UPDATE ON user_versions
    FOR EACH ROW EXECUTE FUNCTION announce_access_change();
CREATE TRIGGER devices_announce
    AFTER UPDATE OF state, signing_key, encryption_key ON devices
    FOR EACH ROW EXECUTE FUNCTION announce_access_change();
