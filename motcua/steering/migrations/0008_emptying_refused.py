from django.db import migrations

TABLES = (
    "steering_periodreport",
    "steering_letter",
    "steering_criteriatable",
)


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_emptying_refused"), ("steering", "0007_books")]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION journal_kept_is_not_emptied()",
            f"DROP TRIGGER not_emptied ON {table}",
        )
        for table in TABLES
    ]
