from django.db import migrations

TABLES = (
    "scores_sentreport",
    "scores_snapshot",
    "scores_snapshotrows",
    "scores_declared",
    "scores_reconciliation",
    "scores_match",
)


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_emptying_refused"), ("scores", "0007_reconciliations_are_final")]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION journal_kept_is_not_emptied()",
            f"DROP TRIGGER not_emptied ON {table}",
        )
        for table in TABLES
    ]
