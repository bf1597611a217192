-- The last time a device said, signed with its key, that nothing is left in its file of what its person may not see any
-- more: under which version of the rights, and at which place in the order.
ALTER TABLE sync_device ADD COLUMN purged_at timestamptz;
ALTER TABLE sync_device ADD COLUMN purged_policy bigint;
ALTER TABLE sync_device ADD COLUMN purged_position bigint;
ALTER TABLE sync_device ADD COLUMN purged_proof bytea CHECK (length(purged_proof) = 64);
