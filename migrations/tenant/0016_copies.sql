-- That two copies of a device are in use is known to the control database.
ALTER TABLE sync_device DROP COLUMN forked_at;
