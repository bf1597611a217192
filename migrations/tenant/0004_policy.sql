-- The policy version rises with whatever the rights of a person are worked out from, whoever changes it: roles and
-- their assignment raise it by hand, and here follow where people work and how departments stand to each other.
-- The hubs hear of it within a second, and devices get another lease.

CREATE FUNCTION raise_policy_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tenant_settings SET policy_version = policy_version + 1;
    RETURN NULL;
END $$;

CREATE TRIGGER user_moved AFTER UPDATE ON app_user FOR EACH ROW
    WHEN (ROW(OLD.company_ids, OLD.branch_ids, OLD.department_ids, OLD.warehouse_ids)
        IS DISTINCT FROM ROW(NEW.company_ids, NEW.branch_ids, NEW.department_ids, NEW.warehouse_ids))
    EXECUTE FUNCTION raise_policy_version();

-- A person reaches their departments and all below: a department that enters, leaves or moves in the tree changes
-- that. Where nobody is in a department, no rights depend on the tree.
CREATE FUNCTION follow_departments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved boolean;
BEGIN
    CASE TG_OP
        WHEN 'INSERT' THEN
            moved := EXISTS (SELECT FROM new_rows WHERE parent IS NOT NULL);
        WHEN 'DELETE' THEN
            moved := EXISTS (SELECT FROM old_rows WHERE parent IS NOT NULL);
        ELSE
            moved := EXISTS (SELECT FROM new_rows n JOIN old_rows o USING (id)
                             WHERE n.parent IS DISTINCT FROM o.parent);
    END CASE;
    IF moved AND EXISTS (SELECT FROM app_user WHERE department_ids <> '{}') THEN
        UPDATE tenant_settings SET policy_version = policy_version + 1;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER departments_entered AFTER INSERT ON branch REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION follow_departments();
CREATE TRIGGER departments_moved AFTER UPDATE ON branch
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION follow_departments();
CREATE TRIGGER departments_left AFTER DELETE ON branch REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION follow_departments();
