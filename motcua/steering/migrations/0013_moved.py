import django.db.models.deletion
from django.db import migrations, models

# The units of the rows a statement touched, before and after it, get a new position. A row that another transaction
# holds is passed over, and one more made: no writer waits here for another. Sequences never give a number twice, not
# even when what took it is rolled back.
MOVING = """
CREATE SEQUENCE steering_moved_position;
CREATE FUNCTION steering_move(about text, units bigint[]) RETURNS void LANGUAGE sql AS $$
    WITH free AS (
        SELECT held.id FROM unnest(units) AS asked(unit) CROSS JOIN LATERAL (
            SELECT id FROM steering_moved WHERE what = about AND unit_id = asked.unit
            LIMIT 1 FOR UPDATE SKIP LOCKED
        ) AS held
    ), done AS (
        UPDATE steering_moved SET position = nextval('steering_moved_position')
        FROM free WHERE steering_moved.id = free.id RETURNING unit_id
    )
    INSERT INTO steering_moved (what, unit_id, position)
        SELECT about, unit, nextval('steering_moved_position') FROM unnest(units) AS asked(unit)
        WHERE unit NOT IN (SELECT unit_id FROM done)
$$;
CREATE FUNCTION steering_move_units() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rows text := CASE TG_OP WHEN 'INSERT' THEN 'fresh' WHEN 'DELETE' THEN 'old' ELSE 'both' END;
    units bigint[];
BEGIN
    EXECUTE replace(CASE rows
        WHEN 'both' THEN 'SELECT array_agg(DISTINCT u) FROM (SELECT @ AS u FROM old UNION ALL SELECT @ FROM fresh) AS b'
        ELSE 'SELECT array_agg(DISTINCT @) FROM ' || rows END, '@', quote_ident(TG_ARGV[1])) INTO units;
    IF units IS NOT NULL THEN
        PERFORM steering_move(TG_ARGV[0], units);
    END IF;
    RETURN NULL;
END $$;
"""
STAYING = """
DROP FUNCTION steering_move_units();
DROP FUNCTION steering_move(text, bigint[]);
DROP SEQUENCE steering_moved_position;
"""
FOLLOWED = (
    ("steering_task", "tasks", "lead_id"),
    ("steering_bookentry", "entries", "unit_id"),
)
TABLES = {"INSERT": "NEW TABLE AS fresh", "DELETE": "OLD TABLE AS old", "UPDATE": "OLD TABLE AS old NEW TABLE AS fresh"}


def following(table: str, what: str, column: str) -> migrations.RunSQL:
    made = [
        f"CREATE TRIGGER moved_by_{event.lower()} AFTER {event} ON {table} REFERENCING {told}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION steering_move_units('{what}', '{column}');"
        for event, told in TABLES.items()
    ]
    begun = f"SELECT steering_move('{what}', (SELECT array_agg(DISTINCT {column}) FROM {table}));"
    dropped = [f"DROP TRIGGER moved_by_{event.lower()} ON {table};" for event in TABLES]
    return migrations.RunSQL("\n".join([*made, begun]), "\n".join(dropped))


class Migration(migrations.Migration):
    dependencies = [("people", "0006_decided"), ("steering", "0012_operators")]
    operations = [
        migrations.CreateModel(
            name="Moved",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(choices=[("tasks", "Nhiệm vụ"), ("entries", "Mục trong sổ")], max_length=8)),
                ("position", models.BigIntegerField()),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.unit"),
                ),
            ],
            options={"indexes": [models.Index(fields=["what", "unit"], name="moved_unit")]},
        ),
        migrations.RunSQL(MOVING, STAYING),
        *(following(*each) for each in FOLLOWED),
    ]
