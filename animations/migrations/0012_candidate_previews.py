from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("animations", "0011_matte_pockets"),
    ]

    operations = [
        migrations.AddField(
            model_name="candidate",
            name="preview",
            field=models.FileField(blank=True, max_length=200, upload_to=""),
        ),
    ]
