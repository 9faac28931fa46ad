from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("animations", "0010_engines_of_drawn_candidates"),
    ]

    operations = [
        migrations.AddField(
            model_name="matte",
            name="pockets",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
