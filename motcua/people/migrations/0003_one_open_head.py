from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_saturday")]

    operations = [
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(
                condition=models.Q(("role", "head"), ("valid_to__isnull", True)),
                fields=("unit",),
                name="one_open_head",
            ),
        ),
    ]
