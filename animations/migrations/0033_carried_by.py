from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('animations', '0032_packs'),
    ]

    operations = [
        migrations.AddField(
            model_name='candidate',
            name='carried_by',
            field=models.CharField(blank=True, max_length=10),
        ),
    ]
