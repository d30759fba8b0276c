from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0002_words"), ("people", "0002_saturday")]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(officer__isnull=True),
                fields=["unit", "role", "dossier_due_at", "id"],
                name="task_unassigned_urgency",
            ),
        ),
    ]
