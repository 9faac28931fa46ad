from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("animations", "0007_one_queued_export_per_platform"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="clip_layout",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="project",
            name="framing",
            field=models.CharField(choices=[("crop", "Crop"), ("whole", "Whole")], default="crop", max_length=10),
        ),
    ]
