from typing import Any

from django.db import migrations, models
from django.db.models import Count, ExpressionWrapper, F, FloatField, OuterRef, Subquery
from django.db.models.functions import Cast


def name_moments(apps: Any, _: Any) -> None:
    """Give every frame the moment at which it was drawn: until this version its index said that."""
    frames = apps.get_model("animations", "Frame").objects.order_by()
    loop = frames.filter(project=OuterRef("project"), generation=OuterRef("generation")).values("generation")
    count = Cast(Subquery(loop.annotate(count=Count("pk")).values("count")), FloatField())
    frames.update(phase=ExpressionWrapper(F("index") / count, output_field=FloatField()))


class Migration(migrations.Migration):

    dependencies = [
        ("animations", "0022_share_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="frame",
            name="phase",
            field=models.FloatField(default=0.0),
        ),
        migrations.AddField(
            model_name="frame",
            name="removed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(name_moments, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint(
            model_name="frame",
            name="frame_once_per_generation",
        ),
        migrations.AddConstraint(
            model_name="frame",
            constraint=models.UniqueConstraint(condition=models.Q(("removed_at", None)), fields=("project", "generation", "index"), name="frame_once_per_generation"),
        ),
    ]
