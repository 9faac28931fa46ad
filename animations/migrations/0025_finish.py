from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("animations", "0024_kept_generation"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="export",
            name="one_queued_export_per_platform",
        ),
        migrations.AddField(
            model_name="export",
            name="finish",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="project",
            name="finish",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.UniqueConstraint(condition=models.Q(("status", "queued")), fields=("project", "platform", "generation", "finish"), name="one_queued_export_per_platform"),
        ),
    ]
