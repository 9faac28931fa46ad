from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("animations", "0003_calls_that_jobs_share"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="notes",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
