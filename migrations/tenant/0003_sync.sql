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
    position    bigint UNIQUE,
    -- The buckets in which rows came, changed or were before they left.
    buckets     integer[] NOT NULL DEFAULT '{}'
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
-- A bucket holds the rows whose ownership columns hold the same. Row rules ask only for these columns, so that
-- whoever may see one row of an entity in it may see all of them: rows are sent, counted and dropped by bucket, and
-- what that costs follows what a person sees and not what the tenant has.

CREATE TABLE sync_bucket (
    bucket          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id      uuid,
    branch_id       uuid,
    department_id   uuid,
    warehouse_id    uuid,
    owner_id        uuid,
    key             text COLLATE "C" NOT NULL UNIQUE
);

-- The five columns as one text, by which a bucket is found.
CREATE FUNCTION sync_bucket_key(company uuid, branch uuid, department uuid, warehouse uuid, owner uuid)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(company::text, '') || '/' || coalesce(branch::text, '') || '/'
        || coalesce(department::text, '') || '/' || coalesce(warehouse::text, '') || '/'
        || coalesce(owner::text, '')
$$;

-- Which row stands in which bucket, and when that or the row last changed: one row each, however often it changes.
-- A row that is gone stays here as not present.
CREATE TABLE sync_member (
    entity      text COLLATE "C" NOT NULL,
    row_id      uuid NOT NULL,
    bucket      integer NOT NULL,
    change_id   bigint NOT NULL,
    present     boolean NOT NULL,
    PRIMARY KEY (entity, row_id)
);
CREATE INDEX sync_member_by_change ON sync_member (bucket, change_id, entity, row_id);

-- The buckets that rows stood in before: who saw a row there and does not see it where it is now is told that it
-- left, and nobody else hears of it.
CREATE TABLE sync_left (
    bucket      integer NOT NULL,
    change_id   bigint NOT NULL,
    entity      text COLLATE "C" NOT NULL,
    row_id      uuid NOT NULL,
    PRIMARY KEY (bucket, change_id, entity, row_id)
);

-- ---------------------------------------------------------------------------------------------- digests
-- What the rows of one entity in one bucket sum up to (in all of them: bucket 0) is the sum over these rows: each
-- transaction adds its difference, and they are folded together now and then. A row without content says that
-- something was written which nobody summed up: the sum is unknown until it is taken anew.

CREATE TABLE sync_digest (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entity      text COLLATE "C" NOT NULL,
    bucket      integer NOT NULL,
    change_id   bigint NOT NULL,
    row_count   bigint,
    -- CBOR of `sync_protocol::digest::FieldDigests`.
    fields      bytea,
    CHECK ((row_count IS NULL) = (fields IS NULL))
);
CREATE INDEX sync_digest_by_place ON sync_digest (entity, bucket, id);

-- ---------------------------------------------------------------------------------------------- devices
CREATE TABLE sync_device (
    device_id   uuid PRIMARY KEY,
    user_id     uuid NOT NULL,
    -- The end of the device's chain of ops: the last one that was received.
    op_seq      bigint NOT NULL CHECK (op_seq >= 0),
    op_hash     bytea NOT NULL CHECK (length(op_hash) = 32),
    -- The place in the order that the device last said it stands at; written behind, at most once a minute.
    cursor      bigint,
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

-- What a person saw under each version of the policy: a device that comes back with an older version is told what
-- to drop and to empty of what it holds, and sent what it has not.
CREATE TABLE sync_view (
    user_id         uuid NOT NULL,
    policy_version  bigint NOT NULL,
    -- CBOR of the hub's `sync::view::View`.
    view            bytea NOT NULL,
    PRIMARY KEY (user_id, policy_version)
);

-- ---------------------------------------------------------------------------------------------- triggers
-- The judge writes versions and digests itself and says so for its transaction; for everyone else it is done
-- here.
CREATE FUNCTION sync_is_judged() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('daybook.judged', true), '') = 'on'
$$;

-- Notes that a transaction changed rows of an entity in these buckets.
CREATE FUNCTION sync_note_buckets(changed_entity text, change bigint, changed integer[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sync_commit SET buckets = ARRAY(SELECT DISTINCT unnest(buckets || changed))
    WHERE change_id = change AND NOT buckets @> changed;
    IF NOT sync_is_judged() THEN
        INSERT INTO sync_digest (entity, bucket, change_id)
        SELECT changed_entity, b, change FROM unnest(changed || 0) AS b
        WHERE NOT EXISTS (
            SELECT FROM sync_digest
            WHERE entity = changed_entity AND bucket = b AND change_id = change AND fields IS NULL);
    END IF;
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

-- Puts a record's table under the sync. The expressions say of a row of the table what its ownership columns hold,
-- as the row rules read them.
CREATE PROCEDURE sync_track(
    tracked regclass, company text, branch text, department text, warehouse text, owner text
) LANGUAGE plpgsql AS $$
DECLARE
    facts text := format('(%s)::uuid AS c, (%s)::uuid AS b, (%s)::uuid AS d, (%s)::uuid AS w, (%s)::uuid AS o',
        company, branch, department, warehouse, owner);
    placed text := 'SELECT id, sync_bucket_key(c, b, d, w, o) AS key, c, b, d, w, o FROM (SELECT id, ' || facts
        || ' FROM %I) AS facts';
    noting text := 'sync_note_' || tracked::text;
BEGIN
    -- Room on each page for a changed row beside the old one: most edits touch no index then.
    EXECUTE format('ALTER TABLE %s SET (fillfactor = 85)', tracked);
    EXECUTE format($f$
        CREATE FUNCTION %1$I() RETURNS trigger LANGUAGE plpgsql AS $body$
        DECLARE
            change bigint;
            changed integer[];
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF NOT EXISTS (SELECT FROM old_rows) THEN
                    RETURN NULL;
                END IF;
                change := sync_change_id();
                WITH gone AS (
                    UPDATE sync_member AS m SET change_id = change, present = false
                    FROM old_rows AS o WHERE m.entity = TG_TABLE_NAME AND m.row_id = o.id
                    RETURNING m.bucket, m.row_id
                ), told AS (
                    INSERT INTO sync_left (bucket, change_id, entity, row_id)
                    SELECT bucket, change, TG_TABLE_NAME, row_id FROM gone
                    ON CONFLICT DO NOTHING
                )
                SELECT array_agg(DISTINCT bucket) INTO changed FROM gone;
                PERFORM sync_note_buckets(TG_TABLE_NAME, change, changed);
                RETURN NULL;
            END IF;
            IF NOT EXISTS (SELECT FROM new_rows) THEN
                RETURN NULL;
            END IF;
            change := sync_change_id();
            INSERT INTO sync_bucket (company_id, branch_id, department_id, warehouse_id, owner_id, key)
            SELECT DISTINCT ON (n.key) n.c, n.b, n.d, n.w, n.o, n.key FROM (%2$s) AS n
            WHERE NOT EXISTS (SELECT FROM sync_bucket AS known WHERE known.key = n.key)
            ORDER BY n.key
            ON CONFLICT (key) DO NOTHING;
            IF TG_OP = 'UPDATE' THEN
                WITH moved AS (
                    INSERT INTO sync_left (bucket, change_id, entity, row_id)
                    SELECT before.bucket, change, TG_TABLE_NAME, o.id
                    FROM (%3$s) AS o JOIN (%2$s) AS n ON n.id = o.id AND n.key <> o.key
                    JOIN sync_bucket AS before ON before.key = o.key
                    ON CONFLICT DO NOTHING
                    RETURNING bucket
                )
                SELECT array_agg(DISTINCT bucket) INTO changed FROM moved;
            END IF;
            WITH placed AS (
                INSERT INTO sync_member AS m (entity, row_id, bucket, change_id, present)
                SELECT TG_TABLE_NAME, n.id, at.bucket, change, true
                FROM (%2$s) AS n JOIN sync_bucket AS at ON at.key = n.key
                ON CONFLICT (entity, row_id) DO UPDATE SET bucket = excluded.bucket, change_id = change, present = true
                WHERE m.change_id <> change OR NOT m.present OR m.bucket <> excluded.bucket
                RETURNING m.bucket
            )
            SELECT array_agg(DISTINCT bucket) || coalesce(changed, '{}') INTO changed FROM placed;
            IF changed <> '{}' THEN
                PERFORM sync_note_buckets(TG_TABLE_NAME, change, changed);
            END IF;
            RETURN NULL;
        END $body$
    $f$, noting, format(placed, 'new_rows'), format(placed, 'old_rows'));
    CALL sync_watch(tracked, noting, '');
    EXECUTE format('CREATE TRIGGER sync_versioned BEFORE UPDATE ON %s
        FOR EACH ROW WHEN (NEW.version = OLD.version) EXECUTE FUNCTION sync_raise_version()', tracked);
END $$;

-- Puts the table of a record's rows under the sync.
CREATE PROCEDURE sync_track_rows(tracked regclass, record regclass) LANGUAGE plpgsql AS $$
BEGIN
    CALL sync_watch(tracked, 'sync_note_child_rows', record::text);
END $$;
