import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0008_search_who")]
    operations = [
        migrations.RemoveIndex("procedure", "procedure_words"),
        migrations.AddIndex(
            "procedure",
            django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["words"], name="procedure_words"
            ),
        ),
    ]
