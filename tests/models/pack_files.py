"""Finished packs without a run that makes them."""

from __future__ import annotations

from animations import storage
from animations.models import EmojiSet, Job, Pack, PackFile, Project


def finished_pack(emoji_set: EmojiSet, project: Project) -> Pack:
    """Make a pack for Signal whose ZIP is a few bytes, stored with the project."""
    job = Job.objects.create(project=project, kind="pack", status="succeeded", revision=1)
    pack = Pack.objects.create(
        set=emoji_set, job=job, platform="signal", title=emoji_set.name, status="succeeded", digest="d"
    )
    data = b"PK a ZIP"
    name = storage.save(project.pk, data, "zip")
    PackFile.objects.create(pack=pack, name="Faces-signal.zip", file=name, bytes=len(data), format="ZIP")
    return pack
