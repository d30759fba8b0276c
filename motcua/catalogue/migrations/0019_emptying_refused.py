from django.db import migrations

TABLES = (
    "catalogue_version",
    "catalogue_component",
    "catalogue_term",
    "catalogue_fee",
    "catalogue_result",
    "catalogue_legalbasis",
    "catalogue_processversion",
    "catalogue_bundle",
    "catalogue_announcement",
    "catalogue_announced",
    "catalogue_ground",
    "catalogue_overlay",
    "catalogue_statistic",
    "catalogue_review",
)


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_emptying_refused"), ("catalogue", "0018_reviews")]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION journal_kept_is_not_emptied()",
            f"DROP TRIGGER not_emptied ON {table}",
        )
        for table in TABLES
    ]
