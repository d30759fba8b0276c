from django.db import migrations

# Rooms above put it before TRUNCATE on what they keep for good: triggers of rows do not see a table emptied.
FORBID = """
CREATE FUNCTION journal_kept_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is kept for good: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append_only")]
    operations = [migrations.RunSQL(FORBID, "DROP FUNCTION journal_kept_is_not_emptied()")]
