-- What a restored database knows of the ops that it lost. Up to which op of its chain a device had answers in the
-- life before: it offers them again, and those that it does not hold any more are missed by nobody.
ALTER TABLE sync_device ADD COLUMN lost_to bigint CHECK (lost_to > 0);
-- How many of them came again.
ALTER TABLE sync_device ADD COLUMN healed_ops bigint NOT NULL DEFAULT 0 CHECK (healed_ops >= 0);
