import django.db.models.deletion
from django.db import migrations, models


def forget_empty_tags(apps, schema_editor):
    """Let emojis without tags have those of their motion."""
    apps.get_model("animations", "Project").objects.filter(tag_text="").update(tag_text=None)


def write_empty_tags(apps, schema_editor):
    """Write what stood for no tags before."""
    apps.get_model("animations", "Project").objects.filter(tag_text=None).update(tag_text="")


class Migration(migrations.Migration):
    dependencies = [("animations", "0028_export_options")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="alt_text",
            field=models.CharField(editable=False, max_length=255, null=True),
        ),
        migrations.AddField(
            model_name="project",
            name="poster",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="animations.frame",
            ),
        ),
        migrations.AlterField(
            model_name="project",
            name="tag_text",
            field=models.TextField(default=None, editable=False, null=True),
        ),
        migrations.RunPython(forget_empty_tags, write_empty_tags),
    ]
