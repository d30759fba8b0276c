from django.db import migrations

# Row triggers only: emptying the tables between tests is no change of a set.
FORBID = """
CREATE FUNCTION steering_criteria_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'set of criteria % was entered: % refused', OLD.id, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER criteria_are_final BEFORE UPDATE OR DELETE ON steering_criteriatable
    FOR EACH ROW EXECUTE FUNCTION steering_criteria_are_final();
"""
ALLOW = """
DROP TRIGGER criteria_are_final ON steering_criteriatable;
DROP FUNCTION steering_criteria_are_final();
"""


class Migration(migrations.Migration):

    dependencies = [("steering", "0003_par")]

    operations = [migrations.RunSQL(FORBID, ALLOW)]
