from django.db import migrations

# One row that changes with every decision about days or hours, in its transaction: every act looks at it to know
# whether the calendars it has laid out still hold. The sequence never gives a number twice, also not after a rollback.
STAMP = """
CREATE SEQUENCE people_decided_stamp;
CREATE TABLE people_decided (id integer PRIMARY KEY CHECK (id = 1), stamp bigint NOT NULL);
INSERT INTO people_decided VALUES (1, CASE
    WHEN EXISTS (SELECT FROM people_unitday) OR EXISTS (SELECT FROM people_unithours)
    THEN nextval('people_decided_stamp') ELSE 0 END);
CREATE FUNCTION people_decided_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO people_decided VALUES (1, nextval('people_decided_stamp'))
        ON CONFLICT (id) DO UPDATE SET stamp = EXCLUDED.stamp;
    RETURN NULL;
END $$;
CREATE TRIGGER decided AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON people_unitday
    FOR EACH STATEMENT EXECUTE FUNCTION people_decided_moves();
CREATE TRIGGER decided AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON people_unithours
    FOR EACH STATEMENT EXECUTE FUNCTION people_decided_moves();
"""
UNSTAMP = """
DROP TRIGGER decided ON people_unitday;
DROP TRIGGER decided ON people_unithours;
DROP FUNCTION people_decided_moves();
DROP TABLE people_decided;
DROP SEQUENCE people_decided_stamp;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0005_appraiser")]
    operations = [migrations.RunSQL(STAMP, UNSTAMP)]
