from django.db import migrations

TABLES = ("scores_reconciliation", "scores_match")


class Migration(migrations.Migration):
    dependencies = [("scores", "0006_reconciliation")]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER kept_for_good BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION scores_kept_for_good()",
            f"DROP TRIGGER kept_for_good ON {table}",
        )
        for table in TABLES
    ]
