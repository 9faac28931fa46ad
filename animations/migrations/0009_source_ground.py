from django.db import migrations, models


def take_alpha_for_a_cut_out(apps, _schema_editor):
    """Keep what the sources of before were taken for, so that their next take is not another one."""
    apps.get_model("animations", "Source").objects.filter(has_alpha=True).update(ground="transparent")


class Migration(migrations.Migration):
    dependencies = [
        ("animations", "0008_framing_of_clips"),
    ]

    operations = [
        migrations.AddField(
            model_name="source",
            name="ground",
            field=models.CharField(
                choices=[("transparent", "Transparent"), ("white", "White"), ("other", "Other")],
                default="other",
                max_length=11,
            ),
        ),
        migrations.RunPython(take_alpha_for_a_cut_out, migrations.RunPython.noop),
    ]
