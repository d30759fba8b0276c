from django.db import migrations, models

# Comparisons are final, but for this: what has always stood in their matches is written beside them, once.
COUNT = """
ALTER TABLE scores_reconciliation DISABLE TRIGGER kept_for_good;
UPDATE scores_reconciliation kept SET many = told.many, differing = told.differing
FROM (SELECT reconciliation_id AS id, count(*) AS many, count(*) FILTER (WHERE kind <> 'same') AS differing
      FROM scores_match GROUP BY 1) AS told
WHERE told.id = kept.id;
ALTER TABLE scores_reconciliation ENABLE TRIGGER kept_for_good;
"""


class Migration(migrations.Migration):
    dependencies = [("scores", "0012_open_months")]
    operations = [
        migrations.AddField("reconciliation", "many", models.PositiveIntegerField(default=0)),
        migrations.AddField("reconciliation", "differing", models.PositiveIntegerField(default=0)),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
