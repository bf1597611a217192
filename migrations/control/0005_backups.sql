-- Backups of tenants' databases, what is known of them here, and databases beside the live ones.

-- Up to this place in the order of the tenant's present epoch everything lies in a backup that was verified: devices
-- need not keep what they sent until then.
ALTER TABLE tenants ADD COLUMN verified_position bigint NOT NULL DEFAULT 0 CHECK (verified_position >= 0);

-- A backup that lies in the folder and is not here was taken for another control database; it can be restored all the
-- same.
CREATE TABLE tenant_backups (
    tenant_id       uuid NOT NULL REFERENCES tenants (id),
    -- Its time, as its folder is called.
    name            text NOT NULL,
    epoch           bigint NOT NULL,
    position        bigint NOT NULL,
    taken_at        timestamptz NOT NULL,
    -- When it was restored beside and found to be what was backed up.
    verified_at     timestamptz,
    PRIMARY KEY (tenant_id, name)
);

-- A database of a tenant that is not its live one. The login of the same name has no way in.
CREATE TABLE tenant_databases (
    database_name   text PRIMARY KEY CHECK (database_name ~ '^erp_tenant_[0-9a-f]{32}$'),
    tenant_id       uuid NOT NULL REFERENCES tenants (id),
    cluster_id      uuid NOT NULL REFERENCES clusters (id),
    -- `scratch`: a backup is being restored into it; what a killed command left is removed by the next one.
    -- `aside`: it was the live one until a backup took its place.
    purpose         text NOT NULL CHECK (purpose IN ('scratch', 'aside')),
    noted_at        timestamptz NOT NULL
);
CREATE INDEX tenant_databases_by_tenant ON tenant_databases (tenant_id);

-- Devices hear of a backup that was verified.
CREATE TRIGGER tenants_announce_verified AFTER UPDATE OF verified_position ON tenants
    FOR EACH ROW WHEN (OLD.verified_position <> NEW.verified_position) EXECUTE FUNCTION announce_access_change();
