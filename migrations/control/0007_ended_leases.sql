-- When a lease was taken back before it ran out: the device was shut out, or its user was.
ALTER TABLE device_leases ADD COLUMN revoked_at timestamptz;

-- The rights that the leases of a user gave under one version of the policy: work that was done with them is held
-- against them when it comes.
CREATE TABLE lease_rights (
    tenant_id       uuid NOT NULL REFERENCES tenants (id),
    user_id         uuid NOT NULL,
    policy_version  bigint NOT NULL,
    -- Grants as JSON.
    grants          jsonb NOT NULL,
    PRIMARY KEY (tenant_id, user_id, policy_version)
);
