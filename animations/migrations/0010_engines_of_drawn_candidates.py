from django.db import migrations

DEFAULT_MODEL = "rembg"


def name_the_mattes_engine(apps, _schema_editor):
    """Name on drawn candidates, which said `procedural`, the engine of the matte that they were drawn of."""
    candidates = apps.get_model("animations", "Candidate").objects.filter(engine="procedural")
    sources = apps.get_model("animations", "Source").objects.filter(project__frames__candidates__in=candidates)
    for source in sources.select_related("matte", "project").distinct().iterator():
        chosen = source.project.matte
        guess = ("none" if source.has_alpha else DEFAULT_MODEL) if chosen == "auto" else chosen
        engine = source.matte.engine if source.matte else guess
        candidates.filter(frame__project=source.project_id).update(engine=engine)


class Migration(migrations.Migration):
    dependencies = [
        ("animations", "0009_source_ground"),
    ]

    operations = [
        migrations.RunPython(name_the_mattes_engine, migrations.RunPython.noop),
    ]
