"""Give columns, a constraint and the mattes the words that the code uses; the rows stay as they are."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("animations", "0012_candidate_previews"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="frame", name="frame_once_per_take"),
        migrations.RenameField(model_name="frame", old_name="take", new_name="generation"),
        migrations.RenameField(model_name="project", old_name="take", new_name="generation"),
        migrations.RenameField(model_name="project", old_name="shape_revision", new_name="frame_list_revision"),
        migrations.RenameField(model_name="source", old_name="ground", new_name="background"),
        migrations.RenameField(model_name="preset", old_name="preview_asked_at", new_name="preview_requested_at"),
        migrations.AddConstraint(
            model_name="frame",
            constraint=models.UniqueConstraint(
                fields=("project", "generation", "index"), name="frame_once_per_generation"
            ),
        ),
        migrations.AlterField(
            model_name="project",
            name="clip_start_ms",
            field=models.PositiveIntegerField(
                default=0, validators=[MinValueValidator(0), MaxValueValidator(3_600_000)]
            ),
        ),
        migrations.AlterField(
            model_name="project",
            name="clip_end_ms",
            field=models.PositiveIntegerField(
                blank=True, null=True, validators=[MinValueValidator(1), MaxValueValidator(3_600_000)]
            ),
        ),
        migrations.AlterField(
            model_name="project",
            name="matte",
            field=models.CharField(
                choices=[
                    ("auto", "Automatic"),
                    ("rembg", "rembg"),
                    ("birefnet", "BiRefNet"),
                    ("sam", "SAM 2"),
                    ("white", "White background"),
                    ("none", "Keep it as it is"),
                ],
                default="auto",
                max_length=10,
            ),
        ),
    ]
