from django.db import migrations

TABLES = (
    "dossiers_guidance",
)


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_emptying_refused"), ("dossiers", "0014_task_indexes")]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION journal_kept_is_not_emptied()",
            f"DROP TRIGGER not_emptied ON {table}",
        )
        for table in TABLES
    ]
