from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def take_generation_of_project(apps: Any, _: Any) -> None:
    """Let every export show the frames that are there now, as those that are queued do until this version."""
    projects = apps.get_model("animations", "Project").objects.filter(pk=OuterRef("project"))
    exports = apps.get_model("animations", "Export").objects.all()
    exports.update(generation=Subquery(projects.values("generation")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('animations', '0019_refine_tools'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='export',
            name='one_queued_export_per_platform',
        ),
        migrations.AddField(
            model_name='export',
            name='generation',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AlterField(
            model_name='job',
            name='frame',
            field=models.ForeignKey(blank=True, null=True, on_delete=models.SET_NULL, related_name='jobs', to='animations.frame'),
        ),
        migrations.RunPython(take_generation_of_project, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'queued')), fields=('project', 'platform', 'generation'), name='one_queued_export_per_platform'),
        ),
    ]
