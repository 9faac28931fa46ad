"""Name the mattes as the table of engines does; the rows stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("animations", "0013_plain_names"),
    ]

    operations = [
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
