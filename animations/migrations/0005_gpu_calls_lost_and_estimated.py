from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("animations", "0004_project_notes"),
    ]

    operations = [
        migrations.AddField(
            model_name="gpucall",
            name="cost_is_estimate",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="gpucall",
            name="replaces_lost",
            field=models.BooleanField(default=False),
        ),
    ]
