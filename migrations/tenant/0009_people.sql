-- The users of the tenant by name, as every device carries them: a copy of what `app_user` says of whoever has come
-- in, kept by triggers, so that an invitation that was accepted, another name and a disabled user reach the devices
-- whoever writes them.

CREATE FUNCTION list_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM person WHERE id = OLD.id;
        RETURN NULL;
    END IF;
    -- Who was only invited has done nothing yet that a name could stand beside.
    IF NEW.state = 'invited' AND NOT EXISTS (SELECT FROM person WHERE id = NEW.id) THEN
        RETURN NULL;
    END IF;
    INSERT INTO person AS p (id, version, created_at, created_by, updated_at, updated_by, name, active)
    VALUES (NEW.id, 1, NEW.updated_at, '00000000-0000-0000-0000-000000000000', NEW.updated_at,
            '00000000-0000-0000-0000-000000000000', NEW.name, NEW.state <> 'disabled')
    ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, active = EXCLUDED.active
    WHERE ROW(p.name, p.active) IS DISTINCT FROM ROW(EXCLUDED.name, EXCLUDED.active);
    RETURN NULL;
END $$;

CREATE TRIGGER person_entered AFTER INSERT OR DELETE ON app_user
    FOR EACH ROW EXECUTE FUNCTION list_person();
CREATE TRIGGER person_changed AFTER UPDATE OF name, state ON app_user
    FOR EACH ROW EXECUTE FUNCTION list_person();
