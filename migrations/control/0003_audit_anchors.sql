-- The end of each tenant's audit chain as it was last sealed, outside the tenant's database: a chain that is
-- shorter than this, or another, was cut or written anew.
CREATE TABLE audit_anchors (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    -- A restored database goes on from an earlier end: each life has an anchor of its own.
    epoch       bigint NOT NULL,
    place       bigint NOT NULL CHECK (place > 0),
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    anchored_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, epoch)
);
