-- Copies of one installation. Here and not with the tenant, so that restoring a tenant brings back no copy that was told
-- from its original.

-- Since when two copies of the device are known to be in use, or the device to have been set back: nothing is taken from
-- it and nothing given to it until its person has said which is the original.
ALTER TABLE devices ADD COLUMN frozen_at timestamptz;
-- What the original drew when its person said so; a copy does not have it.
ALTER TABLE devices ADD COLUMN mark uuid;
-- The device that this one was a copy of, until its person said so.
ALTER TABLE devices ADD COLUMN copy_of uuid REFERENCES devices (id);

DROP TRIGGER devices_announce ON devices;
CREATE TRIGGER devices_announce
    AFTER UPDATE OF state, signing_key, encryption_key, frozen_at, mark ON devices
    FOR EACH ROW EXECUTE FUNCTION announce_access_change();
