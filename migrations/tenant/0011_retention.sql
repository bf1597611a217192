-- How far back the order can be followed. What happened up to the floor may be forgotten: a device that stands below
-- it fetches everything anew.
ALTER TABLE tenant_settings ADD COLUMN sync_floor bigint NOT NULL DEFAULT 0 CHECK (sync_floor >= 0);

-- When the order had reached which place; noted now and then, so that a place has an age.
CREATE TABLE sync_mark (
    position    bigint PRIMARY KEY CHECK (position > 0),
    at          timestamptz NOT NULL
);

-- How far the order had come when a person was first told what they see under a version: every copy that reaches
-- beyond it was made for this version or a later one.
ALTER TABLE sync_view ADD COLUMN position bigint NOT NULL DEFAULT 0;

-- What is forgotten is found by its change.
CREATE INDEX sync_member_gone ON sync_member (change_id) WHERE NOT present;
CREATE INDEX sync_left_by_change ON sync_left (change_id);
