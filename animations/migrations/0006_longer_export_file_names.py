from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("animations", "0005_gpu_calls_lost_and_estimated"),
    ]

    operations = [
        migrations.AlterField(
            model_name="exportfile",
            name="name",
            field=models.CharField(max_length=160),
        ),
    ]
