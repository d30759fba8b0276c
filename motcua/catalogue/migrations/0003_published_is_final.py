from django.db import migrations

# Row triggers only: emptying the tables between tests is no change of a published text.
CHILDREN = ("component", "term", "fee", "result", "legalbasis")
FORBID = """
CREATE FUNCTION catalogue_published_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'published' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) = to_jsonb(OLD)
        OR (OLD.valid_to IS NULL AND to_jsonb(NEW) - 'valid_to' = to_jsonb(OLD) - 'valid_to')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'published % % is final: % refused', TG_TABLE_NAME, OLD.id, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION catalogue_part_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.version_id]
        WHEN 'DELETE' THEN ARRAY[OLD.version_id]
        ELSE ARRAY[OLD.version_id, NEW.version_id] END;
BEGIN
    PERFORM 1 FROM catalogue_version WHERE id = ANY(touched) AND status = 'published' FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION 'version % is published, its % is final: % refused', touched, TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER published_is_final BEFORE UPDATE OR DELETE ON catalogue_version
    FOR EACH ROW EXECUTE FUNCTION catalogue_published_is_final();
CREATE TRIGGER published_is_final BEFORE UPDATE OR DELETE ON catalogue_processversion
    FOR EACH ROW EXECUTE FUNCTION catalogue_published_is_final();
""" + "".join(
    f"""CREATE TRIGGER published_is_final BEFORE INSERT OR UPDATE OR DELETE ON catalogue_{child}
    FOR EACH ROW EXECUTE FUNCTION catalogue_part_is_final();
"""
    for child in CHILDREN
)
ALLOW = (
    "".join(
        f"DROP TRIGGER published_is_final ON catalogue_{table};\n"
        for table in ("version", "processversion", *CHILDREN)
    )
    + "DROP FUNCTION catalogue_published_is_final();\nDROP FUNCTION catalogue_part_is_final();"
)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_one_in_force")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]
