from django.db import migrations, models

FORBID = """
CREATE TRIGGER kept_for_good BEFORE UPDATE OR DELETE ON scores_openmonth
    FOR EACH ROW EXECUTE FUNCTION scores_kept_for_good();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON scores_openmonth
    FOR EACH STATEMENT EXECUTE FUNCTION journal_kept_is_not_emptied()
"""
ALLOW = "DROP TRIGGER kept_for_good ON scores_openmonth; DROP TRIGGER not_emptied ON scores_openmonth"


class Migration(migrations.Migration):
    dependencies = [("scores", "0011_salted_digests")]
    operations = [
        migrations.CreateModel(
            name="OpenMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.CharField(max_length=8, unique=True)),
                ("at", models.DateTimeField()),
                ("lines", models.JSONField()),
            ],
            options={"ordering": ["-month"]},
        ),
        migrations.RunSQL(FORBID, ALLOW),
    ]
