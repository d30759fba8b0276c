from django.db import migrations

# Row triggers only: emptying the tables between tests is no change of what was sent.
FORBID = """
CREATE FUNCTION steering_sent_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% % was sent: % refused', TG_TABLE_NAME, OLD.id, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER sent_is_final BEFORE UPDATE OR DELETE ON steering_periodreport
    FOR EACH ROW EXECUTE FUNCTION steering_sent_is_final();
CREATE TRIGGER sent_is_final BEFORE UPDATE OR DELETE ON steering_letter
    FOR EACH ROW EXECUTE FUNCTION steering_sent_is_final();
"""
ALLOW = """
DROP TRIGGER sent_is_final ON steering_periodreport;
DROP TRIGGER sent_is_final ON steering_letter;
DROP FUNCTION steering_sent_is_final();
"""


class Migration(migrations.Migration):

    dependencies = [("steering", "0001_initial")]

    operations = [migrations.RunSQL(FORBID, ALLOW)]
