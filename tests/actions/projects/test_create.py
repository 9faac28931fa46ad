from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import IntegrityError
from PIL import Image
from rest_framework.test import APIClient

from animations import storage
from animations.actions.errors import ActionError
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import create_project
from animations.models import Frame, Job, Preset, Project
from tests.actions.conftest import QueuedMessages, RunOnCommit
from tests.conftest import png, recipe_of, upload

SMALL = GenerateOptions(prompt="bounce", frame_count=2, candidates=1)


def gif(colours: list[tuple[int, int, int]]) -> bytes:
    """Return an animation with a picture of each colour."""
    pictures, kept = [Image.new("RGB", (64, 64), colour) for colour in colours], io.BytesIO()
    pictures[0].save(kept, "GIF", save_all=True, append_images=pictures[1:], duration=100, loop=0)
    return kept.getvalue()


@pytest.fixture
def folders(db: None) -> Callable[[], set[str]]:
    """Return a function that lists the folders of projects with files."""
    return lambda: set(default_storage.listdir("projects")[0]) if default_storage.exists("projects") else set()


def test_a_project_is_created_from_a_picture_and_its_job_is_on_its_queue(
    owner: User, run_on_commit: RunOnCommit, queued_messages: QueuedMessages
) -> None:
    with run_on_commit():
        made = create_project(owner, upload(png(size=32), "my_cat.png"), SMALL)
    project = Project.objects.get()
    assert made == project
    assert (project.owner, project.name) == (owner, "my cat, bounce")
    assert (project.status, project.generation) == ("working", 1)
    assert (project.prompt, project.understood_as, project.recipe) == ("bounce", "bounce", recipe_of("bounce"))
    assert (project.source.width, project.source.height) == (32, 32)
    assert storage.read(project.source.original.name) == png(size=32)
    job = project.jobs.get()
    assert (job.kind, job.status, job.total, job.params) == ("generate", "queued", 2, {"generation": 1})
    assert queued_messages("bulk") == [("animations.jobs.run", str(job.pk))]


def test_a_project_can_wait_for_its_start(owner: User, bounce: Preset) -> None:
    project = create_project(owner, upload(), GenerateOptions(preset="bounce", name="Ember"), start=False)
    assert (project.status, project.name, project.preset) == ("draft", "Ember", bounce)
    assert not Job.objects.exists()
    assert not Frame.objects.exists()


@pytest.mark.parametrize(
    ("content", "options", "attr"),
    [
        (None, GenerateOptions(prompt="qwertyish"), "prompt"),
        (None, GenerateOptions(prompt="bounce", frame_count=61), "frame_count"),
        (b"These are words.", SMALL, "source"),
    ],
)
def test_a_refused_upload_leaves_no_row_and_no_file(
    owner: User, folders: Callable[[], set[str]], content: bytes | None, options: GenerateOptions, attr: str
) -> None:
    before = folders()
    with pytest.raises(ActionError) as refused:
        create_project(owner, upload(content), options)
    assert refused.value.attr == attr
    assert not Project.objects.exists()
    assert folders() == before


def test_a_project_that_cannot_be_written_down_leaves_no_file(folders: Callable[[], set[str]]) -> None:
    before = folders()
    with pytest.raises(IntegrityError):
        create_project(User(), upload(), SMALL)
    assert folders() == before


@pytest.fixture
def calls_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Mock]:
    """Return a function that counts the calls of another, which it names by module and name."""

    def count(target: str) -> Mock:
        module, _, name = target.rpartition(".")
        counted = Mock(wraps=getattr(__import__(module, fromlist=[name]), name))
        monkeypatch.setattr(target, counted)
        return counted

    return count


def test_words_are_read_once_and_the_generation_is_planned_once(owner: User, calls_of: Callable[[str], Mock]) -> None:
    read = calls_of("animations.actions.plan.motions.read_words")
    planned = calls_of("animations.actions.projects.create.plan_generation")
    again = calls_of("animations.actions.generate.plan_generation")
    create_project(owner, upload(), SMALL)
    assert (read.call_count, planned.call_count, again.call_count) == (1, 1, 0)


def test_the_moments_of_a_clip_are_sampled_once(owner: User, calls_of: Callable[[str], Mock]) -> None:
    sampled = calls_of("animations.actions.plan.generation.sample")
    project = create_project(owner, upload(gif([(200, 40, 40), (40, 200, 40)]), "clip.gif"), GenerateOptions())
    assert (project.generator, project.frames.count(), sampled.call_count) == ("clip", 2, 1)


def test_the_bytes_of_an_upload_are_hashed_once(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    content, hashed = png((9, 8, 7, 255), size=64), []

    class Counted:
        def __init__(self, data: bytes = b"") -> None:
            self.digest_of = hashlib.sha256(data)

        def update(self, data: bytes) -> None:
            hashed.append(len(data))
            self.digest_of.update(data)

        def hexdigest(self) -> str:
            return self.digest_of.hexdigest()

    monkeypatch.setattr("animations.actions.uploads.hashlib", Mock(sha256=Counted))
    files = Mock(side_effect=hashlib.file_digest)
    monkeypatch.setattr("animations.storage.hashlib", Mock(sha256=hashlib.sha256, file_digest=files))
    body: dict[str, Any] = {"source": upload(content), "prompt": "bounce", "start": False}
    answer = api.post("/api/v1/projects/", body, format="multipart", headers={"Idempotency-Key": "key"})
    assert answer.status_code == 201
    assert sum(hashed) == len(content)
    assert files.call_count == 1, "of files only the normalised picture is hashed"
