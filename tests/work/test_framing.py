"""What people's art shows fills its emoji: translucent art, small art in a large canvas, pixel art."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from animations import jobs
from animations.actions.choices import Choices
from animations.actions.export import export as ask_for_export
from animations.actions.generate import create_project
from animations.models import Export, Project, files
from animations.work import png

CASES: Final = Path(__file__).parents[1] / "data" / "cases"
SOFT: Final = ["apng", "webp"]
"""Formats with as many levels of alpha as the frames have."""

Make = Callable[..., Project]


@pytest.fixture
def make(transactional_db: None, owner: Any) -> Make:
    """A finished project of a case's file, or of the bytes of one."""

    def make(name: str, data: bytes | None = None, **choices: Any) -> Project:
        upload = SimpleUploadedFile(name, data or (CASES / name).read_bytes())
        project = create_project(owner, upload, Choices(**{"candidates": 1, "frame_count": 6} | choices))
        run(project)
        return project

    return make


def run(project: Project) -> None:
    jobs.run(str(project.jobs.order_by("created_at").last().pk))
    project.refresh_from_db()


def cutouts(project: Project) -> list[png.Picture]:
    chosen = [frame.chosen for frame in project.current_frames().select_related("chosen")]
    return [png.read(files.read(candidate.cutout.name)) for candidate in chosen if candidate]


def exported(project: Project, platforms: list[str]) -> dict[str, list[png.Picture]]:
    """The frames, as straight RGBA, of each platform's file."""
    rows = ask_for_export(project, platforms)
    jobs.run(str(rows[0].job_id))
    made = {}
    for row in Export.objects.filter(pk__in=[row.pk for row in rows]):
        assert row.status == "succeeded", (row.platform, row.error)
        made[row.platform] = frames_of(files.read(row.files.get().file.name))
    return made


def frames_of(data: bytes) -> list[png.Picture]:
    found = []
    with Image.open(BytesIO(data)) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            found.append(np.asarray(image.convert("RGBA")))
    return found


@pytest.mark.parametrize("name", ["ghost.png", "ghost-clip.png"])
def test_art_that_is_translucent_all_over_is_made_and_exported(make: Make, name: str) -> None:
    project = make(name, prompt="fade" if name == "ghost.png" else None)
    assert project.status == "ready"
    assert {int(cutout[..., 3].max()) > 15 for cutout in cutouts(project)} == {True}
    for frames in exported(project, SOFT).values():
        assert min(int(frame[..., 3].max()) for frame in frames) > 15
        assert max(int(frame[..., 3].max()) for frame in frames) <= 110
