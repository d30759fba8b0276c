from django.db import migrations

# Row triggers only: emptying the tables between tests is no change of what was published.
FORBID = """
CREATE FUNCTION scores_snapshot_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := ARRAY['state', 'signed_by_id', 'signed_at', 'published_by_id', 'published_at', 'document'];
BEGIN
    IF TG_OP = 'DELETE' AND OLD.state <> 'published' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.state, NEW.state) IN (('draft', 'signed'), ('signed', 'published'))
        AND to_jsonb(NEW) - moves = to_jsonb(OLD) - moves THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'snapshot % v% is frozen: % refused', OLD.period, OLD.version, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION scores_rows_are_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM 1 FROM scores_snapshot WHERE id = OLD.snapshot_id AND state = 'published';
        IF NOT FOUND THEN
            RETURN OLD;
        END IF;
    ELSIF TG_OP = 'INSERT' THEN
        PERFORM 1 FROM scores_snapshot WHERE id = NEW.snapshot_id AND state <> 'draft';
        IF NOT FOUND THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the rows of a snapshot are frozen: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON scores_snapshot
    FOR EACH ROW EXECUTE FUNCTION scores_snapshot_is_frozen();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON scores_snapshotrows
    FOR EACH ROW EXECUTE FUNCTION scores_rows_are_frozen();
"""
ALLOW = """
DROP TRIGGER frozen ON scores_snapshotrows;
DROP TRIGGER frozen ON scores_snapshot;
DROP FUNCTION scores_rows_are_frozen();
DROP FUNCTION scores_snapshot_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("scores", "0003_snapshots")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]
