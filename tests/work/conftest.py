from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from animations import jobs
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import create_project
from animations.models import Frame, Job, Project
from animations.work.lease import Lease, claim
from tests.work.fake_endpoint import FakeEndpoint, serving

BACKGROUND = (40, 90, 200)
PATIENCE_S = 15.0


def disc_png(width: int = 96, height: int = 80) -> bytes:
    """Draw a red disc on a coloured background, as PNG."""
    picture = np.full((height, width, 3), BACKGROUND[::-1], np.uint8)
    cv2.circle(picture, (width // 2, height // 2), min(width, height) // 3, (30, 30, 220), -1)
    cv2.circle(picture, (width // 2 - 8, height // 2 - 8), 5, (255, 255, 255), -1)
    return cv2.imencode(".png", picture)[1].tobytes()


@pytest.fixture
def endpoint(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEndpoint]:
    """Serve an endpoint that answers at once; what it never answers ends a test soon."""
    monkeypatch.setattr("animations.work.gpu.matting.DEADLINE_SECONDS", PATIENCE_S)
    monkeypatch.setattr("animations.work.gpu.smoke.DEADLINE_SECONDS", PATIENCE_S)
    with serving() as server:
        settings.RUNPOD_BASE_URL = server.url
        yield server


@pytest.fixture
def make_project(transactional_db: None, owner: Any) -> Callable[..., Project]:
    """Make projects of a small drawing whose generate is queued and run by nobody, in the real database."""

    def make(**choices: Any) -> Project:
        defaults: dict[str, Any] = {
            "prompt": "bounce",
            "frame_count": 6,
            "size": 64,
            "candidates": 2,
            "matte": "none",
        }
        upload = SimpleUploadedFile("disc.png", disc_png())
        return create_project(owner, upload, GenerateOptions(**defaults | choices))

    return make


@pytest.fixture
def lease_of() -> Callable[[Job], Lease]:
    def claim_job(job: Job) -> Lease:
        return claim(str(job.pk))

    return claim_job


@pytest.fixture
def ready(make_project: Callable[..., Project]) -> Project:
    """Return a project of six frames of a bounce, all made."""
    project = make_project()
    jobs.run(str(project.jobs.get().pk))
    project.refresh_from_db()
    return project


@pytest.fixture
def drawn(make_project: Callable[..., Project]) -> Project:
    """Return a project of six frames of a bounce, of the whole picture, with one candidate each."""
    project = make_project(candidates=1)
    jobs.run(str(project.jobs.get().pk))
    return project


def frame_of(project: Project, index: int) -> Frame:
    project.refresh_from_db()
    return project.current_frames().select_related("chosen").get(index=index)
