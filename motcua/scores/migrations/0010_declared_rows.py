import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORBID = """
CREATE TRIGGER kept_for_good BEFORE UPDATE OR DELETE ON scores_declaredrow
    FOR EACH ROW EXECUTE FUNCTION scores_kept_for_good();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON scores_declaredrow
    FOR EACH STATEMENT EXECUTE FUNCTION journal_kept_is_not_emptied();
"""
ALLOW = "DROP TRIGGER not_emptied ON scores_declaredrow; DROP TRIGGER kept_for_good ON scores_declaredrow;"


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_new_hours"),
        ("scores", "0009_reconciliation_by_gateway"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DeclaredRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(max_length=16)),
                ("period", models.CharField(max_length=8)),
                ("cells", models.JSONField()),
                ("evidence", models.CharField(max_length=500)),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("file", models.BinaryField(blank=True, default=b"")),
                ("reason", models.CharField(blank=True, max_length=1000)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["form", "period", "unit", "-id"], name="declared_row_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("evidence", ""), _negated=True), name="declared_row_with_evidence"
                    )
                ],
            },
        ),
        migrations.RunSQL(FORBID, ALLOW),
    ]
