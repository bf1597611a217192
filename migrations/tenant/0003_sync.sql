-- The sync: the order of everything that changes, who belongs to which scope, devices' chains, ops with their
-- receipts, digests. Whatever writes a synced table, the judge or a SQL job, is noted here by triggers.

-- ---------------------------------------------------------------------------------------------- the order
-- Each transaction that changes a synced row draws one change id and stamps its rows with it. The place in
-- the order is given to the change id alone, as the last act of the transaction: a million rows are never
-- stamped under the lock. Positions rise in the order of commits; gaps mean nothing.

CREATE SEQUENCE sync_change_seq;
CREATE SEQUENCE sync_position_seq;

CREATE TABLE sync_commit (
    change_id   bigint PRIMARY KEY,
    -- Null only inside the transaction that is still under way.
    position    bigint UNIQUE
);

-- The change id of this transaction; drawn at the first call.
CREATE FUNCTION sync_change_id() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    -- After a transaction that set it, it is an empty text and not null.
    noted text := current_setting('daybook.change_id', true);
    drawn bigint;
BEGIN
    IF noted IS NOT NULL AND noted <> '' THEN
        RETURN noted::bigint;
    END IF;
    drawn := nextval('sync_change_seq');
    PERFORM set_config('daybook.change_id', drawn::text, true);
    INSERT INTO sync_commit (change_id) VALUES (drawn);
    RETURN drawn;
END $$;

-- One lock for the tenant, held from here to the end of the commit: whoever sees a position sees every lower
-- one.
CREATE FUNCTION sync_take_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7234302190340960768); -- only this function takes this number
    UPDATE sync_commit SET position = nextval('sync_position_seq') WHERE change_id = NEW.change_id;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER sync_sequencer
    AFTER INSERT ON sync_commit DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION sync_take_place();

-- Checks every deferred constraint now, but leaves the sequencer to the commit. Called before a savepoint is
-- released, so that what is wrong with one group of ops does not fail the whole transaction at its end.
CREATE FUNCTION sync_settle() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    names text;
BEGIN
    SELECT string_agg(format('%I.%I', n.nspname, c.conname), ', ') INTO names
    FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
    WHERE c.condeferrable AND c.conname <> 'sync_sequencer' AND n.nspname = current_schema();
    IF names IS NOT NULL THEN
        EXECUTE 'SET CONSTRAINTS ' || names || ' IMMEDIATE';
    END IF;
    SET CONSTRAINTS ALL DEFERRED;
END $$;

-- ---------------------------------------------------------------------------------------------- membership
-- Which rows stand in which scope, and when that or the row last changed: one row each, however often it
-- changes. A row that left its scope, or is gone, stays here as not present.

CREATE TABLE sync_member (
    scope       text COLLATE "C" NOT NULL,
    entity      text COLLATE "C" NOT NULL,
    row_id      uuid NOT NULL,
    change_id   bigint NOT NULL,
    present     boolean NOT NULL,
    PRIMARY KEY (scope, entity, row_id)
);
CREATE INDEX sync_member_by_change ON sync_member (scope, change_id, entity, row_id);

-- The ownership columns that a row had before a change of them: who saw it before and does not see it now is
-- told that it left, and nobody else hears of it.
CREATE TABLE sync_move (
    entity          text COLLATE "C" NOT NULL,
    row_id          uuid NOT NULL,
    change_id       bigint NOT NULL,
    company_id      uuid,
    branch_id       uuid,
    department_id   uuid,
    warehouse_id    uuid,
    owner_id        uuid
);
CREATE INDEX sync_move_by_row ON sync_move (entity, row_id, change_id);

-- ---------------------------------------------------------------------------------------------- digests
-- What the rows of one entity in one scope sum up to is the sum over these rows: each transaction adds its
-- difference, and they are folded together now and then. A row without content says that something was
-- written which nobody summed up: the sum is unknown until it is taken anew.

CREATE TABLE sync_digest (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope       text COLLATE "C" NOT NULL,
    entity      text COLLATE "C" NOT NULL,
    change_id   bigint NOT NULL,
    row_count   bigint,
    -- CBOR of `sync_protocol::digest::FieldDigests`.
    fields      bytea,
    CHECK ((row_count IS NULL) = (fields IS NULL))
);
CREATE INDEX sync_digest_by_place ON sync_digest (scope, entity, id);

-- ---------------------------------------------------------------------------------------------- devices
CREATE TABLE sync_device (
    device_id   uuid PRIMARY KEY,
    user_id     uuid NOT NULL,
    -- The end of the device's chain of ops: the last one that was received.
    op_seq      bigint NOT NULL CHECK (op_seq >= 0),
    op_hash     bytea NOT NULL CHECK (length(op_hash) = 32),
    -- What the device last said that it holds; written behind, at most once a minute.
    cursors     jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(cursors) = 'object'),
    seen_at     timestamptz NOT NULL
);

-- Every op that was ever received, with the first and final answer to it.
CREATE TABLE sync_op (
    op_id           uuid PRIMARY KEY,
    device_id       uuid NOT NULL,
    op_seq          bigint NOT NULL CHECK (op_seq > 0),
    user_id         uuid NOT NULL,
    -- Hash of the whole op, which the next one of the chain names.
    op_hash         bytea NOT NULL CHECK (length(op_hash) = 32),
    -- Hash of the intent alone: one op id means one intent, for ever.
    intent_hash     bytea NOT NULL CHECK (length(intent_hash) = 32),
    kind            text NOT NULL,
    entity          text,
    row_id          uuid,
    -- The refused op that this one mends.
    replaces        uuid,
    -- The op that this one waits for; null once it was judged.
    waits_for       uuid,
    payload         bytea NOT NULL,
    receipt         bytea NOT NULL,
    received_at     timestamptz NOT NULL,
    UNIQUE (device_id, op_seq)
);
CREATE INDEX sync_op_by_replaced ON sync_op (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX sync_op_by_wait ON sync_op (waits_for) WHERE waits_for IS NOT NULL;
REVOKE DELETE ON sync_op FROM erp_app;

-- What a person saw under each version of the policy, as a hash: a device that comes back with an older
-- version keeps its copy if it would be filled with the same.
CREATE TABLE sync_view (
    user_id         uuid NOT NULL,
    policy_version  bigint NOT NULL,
    fingerprint     bytea NOT NULL CHECK (length(fingerprint) = 32),
    PRIMARY KEY (user_id, policy_version)
);

-- ---------------------------------------------------------------------------------------------- triggers
-- The judge writes versions and digests itself and says so for its transaction; for everyone else it is done
-- here.
CREATE FUNCTION sync_is_judged() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('daybook.judged', true), '') = 'on'
$$;

CREATE FUNCTION sync_doubt_digest(changed_scope text, changed_entity text, change bigint) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO sync_digest (scope, entity, change_id)
    SELECT changed_scope, changed_entity, change
    WHERE NOT EXISTS (
        SELECT FROM sync_digest
        WHERE scope = changed_scope AND entity = changed_entity AND change_id = change AND fields IS NULL)
$$;

-- Rows that everyone in the tenant may hold who may view the entity.
CREATE FUNCTION sync_note_tenant_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF NOT EXISTS (SELECT FROM old_rows) THEN
            RETURN NULL;
        END IF;
        change := sync_change_id();
        INSERT INTO sync_member AS m (scope, entity, row_id, change_id, present)
        SELECT 'tenant', TG_TABLE_NAME, id, change, false FROM old_rows
        ON CONFLICT (scope, entity, row_id) DO UPDATE SET change_id = change, present = false;
    ELSE
        IF NOT EXISTS (SELECT FROM new_rows) THEN
            RETURN NULL;
        END IF;
        change := sync_change_id();
        INSERT INTO sync_member AS m (scope, entity, row_id, change_id, present)
        SELECT 'tenant', TG_TABLE_NAME, id, change, true FROM new_rows
        ON CONFLICT (scope, entity, row_id) DO UPDATE SET change_id = change, present = true
        WHERE m.change_id <> change OR NOT m.present;
    END IF;
    IF NOT sync_is_judged() THEN
        PERFORM sync_doubt_digest('tenant', TG_TABLE_NAME, change);
    END IF;
    RETURN NULL;
END $$;

-- Rows that only their owner holds.
CREATE FUNCTION sync_note_owner_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change bigint;
    doubted text;
BEGIN
    -- A row that changed its owner is left where it stood, and then noted where it stands.
    IF TG_OP <> 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM old_rows) THEN
            RETURN NULL;
        END IF;
        change := sync_change_id();
        INSERT INTO sync_member AS m (scope, entity, row_id, change_id, present)
        SELECT 'user:' || owner_id, TG_TABLE_NAME, id, change, false FROM old_rows
        WHERE owner_id IS NOT NULL
        ON CONFLICT (scope, entity, row_id) DO UPDATE SET change_id = change, present = false;
        IF NOT sync_is_judged() THEN
            FOR doubted IN SELECT DISTINCT 'user:' || owner_id FROM old_rows WHERE owner_id IS NOT NULL LOOP
                PERFORM sync_doubt_digest(doubted, TG_TABLE_NAME, change);
            END LOOP;
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF NOT EXISTS (SELECT FROM new_rows) THEN
            RETURN NULL;
        END IF;
        change := sync_change_id();
        INSERT INTO sync_member AS m (scope, entity, row_id, change_id, present)
        SELECT 'user:' || owner_id, TG_TABLE_NAME, id, change, true FROM new_rows
        WHERE owner_id IS NOT NULL
        ON CONFLICT (scope, entity, row_id) DO UPDATE SET change_id = change, present = true;
        IF NOT sync_is_judged() THEN
            FOR doubted IN SELECT DISTINCT 'user:' || owner_id FROM new_rows WHERE owner_id IS NOT NULL LOOP
                PERFORM sync_doubt_digest(doubted, TG_TABLE_NAME, change);
            END LOOP;
        END IF;
    END IF;
    RETURN NULL;
END $$;

-- A child row changed outside the judge: its record changed, and the record's own triggers do the rest.
CREATE FUNCTION sync_note_child_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    records text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT parent_id FROM new_rows'
        WHEN 'DELETE' THEN 'SELECT parent_id FROM old_rows'
        ELSE 'SELECT parent_id FROM old_rows UNION SELECT parent_id FROM new_rows'
    END;
BEGIN
    IF NOT sync_is_judged() THEN
        EXECUTE format('UPDATE %I SET updated_at = now() WHERE id IN (%s)', TG_ARGV[0], records);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sync_note_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_row jsonb := to_jsonb(OLD);
BEGIN
    INSERT INTO sync_move (entity, row_id, change_id, company_id, branch_id, department_id, warehouse_id, owner_id)
    VALUES (TG_TABLE_NAME, OLD.id, sync_change_id(), (old_row ->> 'company_id')::uuid,
            (old_row ->> 'branch_id')::uuid, (old_row ->> 'department_id')::uuid,
            (old_row ->> 'warehouse_id')::uuid, (old_row ->> 'owner_id')::uuid);
    RETURN NULL;
END $$;

-- Whatever changes a record raises its version; only the judge does it by hand.
CREATE FUNCTION sync_raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := now();
    RETURN NEW;
END $$;

CREATE FUNCTION sync_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is synced: delete its rows, devices would not hear of a truncation', TG_TABLE_NAME;
END $$;

CREATE PROCEDURE sync_watch(watched regclass, noting text, argument text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER sync_inserted AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION %I(%L)', watched, noting, argument);
    EXECUTE format('CREATE TRIGGER sync_updated AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION %I(%L)', watched, noting, argument);
    EXECUTE format('CREATE TRIGGER sync_deleted AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows
        FOR EACH STATEMENT EXECUTE FUNCTION %I(%L)', watched, noting, argument);
    EXECUTE format('CREATE TRIGGER sync_truncated BEFORE TRUNCATE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION sync_refuse_truncate()', watched);
END $$;

-- Puts a record's table under the sync. `scope_rule` is that of its declaration: `tenant` or `owner`.
CREATE PROCEDURE sync_track(tracked regclass, scope_rule text) LANGUAGE plpgsql AS $$
DECLARE
    facts text;
BEGIN
    -- Room on each page for a changed row beside the old one: most edits touch no index then.
    EXECUTE format('ALTER TABLE %s SET (fillfactor = 85)', tracked);
    CALL sync_watch(tracked, format('sync_note_%s_rows', scope_rule), '');
    EXECUTE format('CREATE TRIGGER sync_versioned BEFORE UPDATE ON %s
        FOR EACH ROW WHEN (NEW.version = OLD.version) EXECUTE FUNCTION sync_raise_version()', tracked);
    IF scope_rule = 'tenant' THEN
        SELECT string_agg('%1$s.' || quote_ident(attname), ', ') INTO facts FROM pg_attribute
        WHERE attrelid = tracked AND NOT attisdropped
            AND attname IN ('company_id', 'branch_id', 'department_id', 'warehouse_id', 'owner_id');
        EXECUTE format('CREATE TRIGGER sync_moved AFTER UPDATE ON %s FOR EACH ROW
            WHEN (ROW(%s) IS DISTINCT FROM ROW(%s)) EXECUTE FUNCTION sync_note_move()',
            tracked, format(facts, 'OLD'), format(facts, 'NEW'));
        EXECUTE format('CREATE TRIGGER sync_removed AFTER DELETE ON %s
            FOR EACH ROW EXECUTE FUNCTION sync_note_move()', tracked);
    END IF;
END $$;

-- Puts the table of a record's rows under the sync.
CREATE PROCEDURE sync_track_rows(tracked regclass, record regclass) LANGUAGE plpgsql AS $$
BEGIN
    CALL sync_watch(tracked, 'sync_note_child_rows', record::text);
END $$;
