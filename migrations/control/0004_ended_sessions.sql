-- A device's session that is over is over at once, on every hub: its access tokens are asked about with its family.
CREATE TRIGGER refresh_families_announce
    AFTER INSERT OR UPDATE OF ended_at ON refresh_families
    FOR EACH ROW EXECUTE FUNCTION announce_access_change();
