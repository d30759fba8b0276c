"""Rows written again without a fact are counted by a sequence, by which figures know that they are old."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0015_emptying_refused")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE dossiers_rewritten", "DROP SEQUENCE dossiers_rewritten"),
    ]
