from django.db import migrations

# A rate keeps all but its end, and no day an accepted sheet counts at it; a sheet moves once; its rows never.
FORBID = """
CREATE FUNCTION scores_rate_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_used timestamptz;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;  -- one that a line refers to is kept by its foreign key
    END IF;
    SELECT max(r.at) INTO last_used FROM scores_servicerow r
        JOIN scores_serviceline l ON l.id = r.line_id JOIN scores_servicesheet s ON s.id = l.sheet_id
        WHERE l.rate_id = OLD.id AND s.state = 'accepted';
    IF to_jsonb(NEW) - 'valid_to' = to_jsonb(OLD) - 'valid_to' AND NEW.valid_to IS NOT NULL
        AND (last_used IS NULL OR NEW.valid_to > (last_used AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rate % is kept as decided: % refused', OLD.id, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION scores_sheet_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := ARRAY['state', 'decided_by_id', 'decided_at', 'note'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'proposed' AND NEW.state IN ('accepted', 'returned')
        AND to_jsonb(NEW) - moves = to_jsonb(OLD) - moves THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'sheet % is frozen: % refused', OLD.id, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION scores_sheet_part_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF TG_TABLE_NAME = 'scores_serviceline' THEN
            PERFORM 1 FROM scores_servicesheet WHERE id = NEW.sheet_id AND state <> 'proposed';
        ELSE
            PERFORM 1 FROM scores_servicesheet s JOIN scores_serviceline l ON l.sheet_id = s.id
                WHERE l.id = NEW.line_id AND s.state <> 'proposed';
        END IF;
        IF NOT FOUND THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of a sheet is frozen: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON scores_servicerate
    FOR EACH ROW EXECUTE FUNCTION scores_rate_is_kept();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON scores_servicesheet
    FOR EACH ROW EXECUTE FUNCTION scores_sheet_is_frozen();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON scores_serviceline
    FOR EACH ROW EXECUTE FUNCTION scores_sheet_part_is_frozen();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON scores_servicerow
    FOR EACH ROW EXECUTE FUNCTION scores_sheet_part_is_frozen();
"""
ALLOW = """
DROP TRIGGER frozen ON scores_servicerow;
DROP TRIGGER frozen ON scores_serviceline;
DROP TRIGGER frozen ON scores_servicesheet;
DROP TRIGGER kept ON scores_servicerate;
DROP FUNCTION scores_sheet_part_is_frozen();
DROP FUNCTION scores_sheet_is_frozen();
DROP FUNCTION scores_rate_is_kept();
"""
TABLES = ("scores_servicerate", "scores_servicesheet", "scores_serviceline", "scores_servicerow")


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_emptying_refused"), ("scores", "0014_postal")]
    operations = [
        migrations.RunSQL(FORBID, ALLOW),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION journal_kept_is_not_emptied()",
                f"DROP TRIGGER not_emptied ON {table}",
            )
            for table in TABLES
        ),
    ]
