-- Since when two copies of a device's profile send operations; the administrator is told in the list of devices.
ALTER TABLE sync_device ADD COLUMN forked_at timestamptz;
