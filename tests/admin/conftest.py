from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import django_rq
import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client

from animations.models import Candidate, Export, ExportFile, Frame, GpuCall, Job, Preset, Project, Source
from animations.motion.language.prompt import DEFAULT_TEMPLATE
from animations.motion.language.reader import parse_motion

MakePreset = Callable[..., Preset]
QueuedPreviews = Callable[[], list[str]]
Commits = Callable[..., Any]


@pytest.fixture(autouse=True)
def _isolated_queue_and_media(settings: Any, tmp_path: Path, valkey: redis.Redis) -> None:
    """Give each test an empty queue and an empty folder for previews."""
    settings.MEDIA_ROOT = tmp_path
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


@pytest.fixture
def queued_previews() -> QueuedPreviews:
    """Return a function that lists the presets whose preview a queued message asks for, first come first."""

    def slugs() -> list[str]:
        jobs = django_rq.get_queue("bulk").jobs
        assert {job.func_name for job in jobs} <= {"animations.jobs.draw_preview"}
        return [job.args[0] for job in jobs]

    return slugs


@pytest.fixture
def staff_client(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def make_preset(db: None) -> MakePreset:
    def make(slug: str, words: str = "bounce", **values: Any) -> Preset:
        recipe = parse_motion(words).recipe
        assert recipe is not None
        defaults = {
            "name": slug.title(),
            "description": f"A {slug}.",
            "prompt": words,
            "recipe": recipe.to_json(),
            "template": DEFAULT_TEMPLATE,
            "position": Preset.objects.count() + 1,
            "active": True,
        }
        return Preset.objects.create(slug=slug, **defaults | values)

    return make


@pytest.fixture
def make_emoji(db: None) -> Callable[[User, str], Project]:
    """Make a project with all that may belong to it: source, frames, candidates, job, GPU call, export."""

    def make(owner: User, name: str) -> Project:
        project = Project.objects.create(owner=owner, name=name, understood_as="bounce", generation=1)
        Source.objects.create(
            project=project, original="o.png", original_format="PNG", picture="p.png", width=64, height=48
        )
        job = Job.objects.create(
            project=project, kind="generate", status="succeeded", revision=1, params={"generation": 1}
        )
        for index in range(3):
            frame = Frame.objects.create(project=project, generation=1, index=index, delay_ms=80, revision=1)
            Candidate.objects.create(frame=frame, ordinal=0, status="failed", error="too dark", job=job)
            Candidate.objects.create(frame=frame, ordinal=1, status="ready", job=job)
        GpuCall.objects.create(
            project=project, job=job, user=owner, key=name, task="rembg", status="succeeded", execution_ms=1234
        )
        export = Export.objects.create(
            project=project, job=job, platform="slack", revision=1, checks=[{"rule": "bytes", "ok": False}]
        )
        ExportFile.objects.create(
            export=export, name="a.gif", file="a.gif", bytes=1024, width=128, height=128, frames=3, duration_ms=240
        )
        return project

    return make
