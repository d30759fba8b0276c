from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Counted",
            fields=[
                ("key", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("stamp", models.CharField(max_length=200)),
                ("data", models.JSONField()),
                ("cost", models.FloatField()),
            ],
            options={"indexes": [models.Index(fields=["at"], name="counted_at")]},
        ),
        # Worth nothing after a crash, so it is not written twice.
        migrations.RunSQL("ALTER TABLE scores_counted SET UNLOGGED", "ALTER TABLE scores_counted SET LOGGED"),
    ]
