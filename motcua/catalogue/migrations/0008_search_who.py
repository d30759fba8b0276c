from django.db import migrations

from motcua.catalogue.words import words

LEVELS = {
    "ministry": "bộ",
    "province": "tỉnh",
    "district": "huyện",
    "commune": "xã",
    "other": "Cơ quan khác",
}
SHOW = """
UPDATE catalogue_procedure SET folded = folded || %s,
    words = words || setweight(to_tsvector('simple', %s), 'B')
WHERE id = %s AND words IS NOT NULL
"""


def who(apps, schema_editor):
    """Search also finds the level, the audiences and the agencies of the newest published version."""
    version = apps.get_model("catalogue", "Version")
    newest = version.objects.filter(status="published").order_by("procedure", "-valid_from").distinct("procedure")
    told = newest.values_list("procedure", "levels", "audiences", "agency", "authority")
    with schema_editor.connection.cursor() as cursor:
        for procedure, levels, audiences, agency, authority in told:
            said = " ".join([*(LEVELS[level] for level in levels), *audiences, agency, authority])
            line = " ".join(words(said))
            cursor.execute(SHOW, ["\n" + line, line, procedure])


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0007_cleaning")]
    operations = [migrations.RunPython(who, migrations.RunPython.noop)]
