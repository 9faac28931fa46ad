from django.db import migrations, models
from django.utils import timezone


def cancel_older_queued_exports(apps, schema_editor):
    """Of several queued exports of one project and platform keep the newest: all would show the same frames."""
    Export = apps.get_model("animations", "Export")
    seen = set()
    for export in Export.objects.filter(status="queued").order_by("-created_at", "pk"):
        if (export.project_id, export.platform) in seen:
            Export.objects.filter(pk=export.pk).update(status="cancelled", error="An equal export was asked for later.")
        seen.add((export.project_id, export.platform))
    cancel_jobs_without_exports(apps)


def cancel_jobs_without_exports(apps):
    """End the queued export jobs that have nothing left to make; they would fail when they are run."""
    Export, Job = apps.get_model("animations", "Export"), apps.get_model("animations", "Job")
    wanted = Export.objects.filter(status__in=("queued", "running")).values("job")
    idle = Job.objects.filter(kind="export", status="queued").exclude(pk__in=wanted)
    idle.update(status="cancelled", finished_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("animations", "0006_longer_export_file_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="export",
            name="frames_digest",
            field=models.CharField(blank=True, editable=False, max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.RunPython(cancel_older_queued_exports, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "queued")),
                fields=("project", "platform"),
                name="one_queued_export_per_platform",
            ),
        ),
    ]
