"""Stored files in a real server of S3's API."""

from __future__ import annotations

import copy
import os
import socket
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack
from uuid import uuid4

import httpx
import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from animations import storage
from animations.models import Project
from animations.outages import UNAVAILABLE, StorageUnavailable, find_outage
from animations.work.cleanup.project_files import sweep
from emojiforge import environment, object_storage
from emojiforge.launch.console import StartupError
from emojiforge.launch.ports import free_port
from emojiforge.launch.prepare import require_storage
from emojiforge.object_storage import CHUNK_BYTES, ObjectReader
from tests.conftest import ClientOf, MakeProject, png
from tests.s3_server import BUCKET, S3Server, running_s3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_s3(tmp_path_factory.mktemp("s3")) as started:
        yield started


@pytest.fixture
def bucket(server: S3Server, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """Keep stored files in the server's bucket."""
    use(server.storage_url, settings, monkeypatch)
    return server


def use(url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_URL", url)
    settings.STORAGES = settings.STORAGES | {"default": environment.storage("STORAGE_URL")}


def test_the_same_bytes_are_stored_once_and_come_back(bucket: S3Server) -> None:
    project, data = uuid4(), os.urandom(3_000_000)
    name = storage.save(project, data, "png")
    assert storage.save(project, data, "png") == name
    assert storage.read(name) == data
    assert (storage.stored_size(name), storage.is_intact(name)) == (len(data), True)
    assert storage.project_files(project) == {name}
    assert storage.project_sizes(project) == {name: len(data)}
    assert project in storage.project_ids()
    assert storage.last_written(project) is not None


def test_of_a_large_file_only_the_parts_that_are_read_are_fetched(
    bucket: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = os.urandom(5 * CHUNK_BYTES)
    name = storage.save(uuid4(), data, "png")
    fetched: list[int] = []
    fetch = ObjectReader.fetch

    def counting(self: ObjectReader, count: int) -> bytes:
        fetched.append(count)
        return fetch(self, count)

    monkeypatch.setattr(ObjectReader, "fetch", counting)
    with default_storage.open(name) as file:
        assert file.size == len(data)
        file.seek(3 * CHUNK_BYTES + 7)
        assert file.read(10) == data[3 * CHUNK_BYTES + 7 :][:10]
        assert sum(fetched) <= CHUNK_BYTES
        file.seek(0)
        assert file.read() == data


def test_files_that_are_read_slowly_hold_little_memory(bucket: S3Server) -> None:
    name = storage.save(uuid4(), os.urandom(2_000_000), "png")
    with ExitStack() as stack:
        files = [default_storage.open(name) for _ in range(16)]
        tracemalloc.start()
        stack.callback(tracemalloc.stop)
        for file in files:
            assert len(stack.enter_context(file).read(16_384)) == 16_384
        assert tracemalloc.get_traced_memory()[0] < 16 * 250_000


def test_a_service_that_hangs_is_given_up_soon(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (object_storage.CONNECT_S + object_storage.READ_S) * object_storage.ATTEMPTS <= 20
    monkeypatch.setattr(object_storage, "READ_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as hung:
        use(f"s3://key:secret@127.0.0.1:{hung.getsockname()[1]}/emoji", settings, monkeypatch)
        started = time.monotonic()
        with pytest.raises(StorageUnavailable):
            storage.stored_size(f"{storage.folder(uuid4())}/none.png")
    assert time.monotonic() - started < 15


def test_a_file_that_was_cut_short_is_stored_again(bucket: S3Server) -> None:
    project, data = uuid4(), os.urandom(50_000)
    name = storage.save(project, data, "png")
    bucket.client.put_object(Bucket=BUCKET, Key=name, Body=data[:100])
    with pytest.raises(storage.DamagedFile):
        storage.read(name)
    assert not storage.is_intact(name)
    assert storage.save(project, data, "png") == name
    assert storage.read(name) == data


def test_a_file_that_is_not_there_is_missing_as_on_a_disk(bucket: S3Server) -> None:
    name = f"{storage.folder(uuid4())}/none.png"
    assert storage.stored_size(name) is None
    with pytest.raises(FileNotFoundError):
        storage.read(name)
    with pytest.raises(FileNotFoundError):
        default_storage.get_modified_time(name)
    storage.delete(name)
    assert not default_storage.exists(name)
    assert storage.project_files(uuid4()) == set()


def test_a_deleted_project_leaves_no_object(bucket: S3Server) -> None:
    project = uuid4()
    for number in range(3):
        storage.save(project, bytes([number]), "png")
    storage.delete_project_files(project)
    assert not [name for name in bucket.object_names() if str(project) in name]


def test_nobody_without_the_key_can_read_an_object(bucket: S3Server) -> None:
    name = storage.save(uuid4(), png(), "png")
    assert httpx.get(f"http://{bucket.host}/{BUCKET}/{name}").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_file_is_served_behind_our_door_and_in_parts(
    bucket: S3Server, owner: User, stranger: User, client_of: ClientOf, new_project: MakeProject
) -> None:
    project = new_project(owner)
    url = reverse("source-file", args=[project.source.pk, "picture"])
    whole = client_of(owner).get(url)
    content = whole.getvalue()
    assert (whole.status_code, whole["X-Content-Type-Options"]) == (200, "nosniff")
    part = client_of(owner).get(url, headers={"Range": "bytes=5-14"})
    assert (part.status_code, part.getvalue()) == (206, content[5:15])
    assert client_of(stranger).get(url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_sweep_deletes_objects_that_no_row_names(bucket: S3Server, owner: User, new_project: MakeProject) -> None:
    project = new_project(owner)
    orphan = storage.save(project.pk, b"orphan", "png")
    assert sweep(project.pk)
    assert orphan not in bucket.object_names()
    assert project.source.picture.name in bucket.object_names()


@pytest.mark.django_db(transaction=True)
def test_while_the_storage_is_away_uploads_are_answered_by_503_and_nothing_is_left(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, owner: User, client_of: ClientOf
) -> None:
    use(f"s3://key:secret@127.0.0.1:{free_port()}/emoji", settings, monkeypatch)
    client: APIClient = client_of(owner)
    client.raise_request_exception = False
    answer = client.post("/api/v1/projects/", {"source": ContentFile(png(size=64), "a.png")}, format="multipart")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (503, UNAVAILABLE.code)
    assert answer["Retry-After"]
    assert not Project.objects.exists()


def test_a_storage_that_refuses_us_is_an_outage(
    server: S3Server, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(f"s3://key:wrong@{server.host}/{BUCKET}", settings, monkeypatch)
    with pytest.raises(StorageUnavailable) as raised:
        storage.save(uuid4(), b"data", "png")
    assert find_outage(raised.value) is UNAVAILABLE
    storage.delete_project_files(uuid4())  # never raises


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("s3://the-key:the%2Fsecret%2Bof=this@{host}/nobodys", "no such bucket"),
        ("s3://the-key:wrong@{host}/emoji", "answers"),
        ("s3://the-key:wrong@127.0.0.1:{closed}/emoji", "does not answer"),
    ],
)
def test_a_bucket_that_cannot_be_used_is_named_at_the_start(
    server: S3Server, settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str, why: str
) -> None:
    use(address.format(host=server.host, closed=free_port()), settings, monkeypatch)
    with pytest.raises(StartupError, match=rf"{why}.*Is STORAGE_URL right\?"):
        require_storage()


def test_a_usable_bucket_and_files_on_a_disk_pass_at_the_start(bucket: S3Server, settings: Settings) -> None:
    require_storage()
    local = copy.copy(settings.STORAGES)
    local["default"] = {"BACKEND": "emojiforge.local_storage.AtomicFileStorage"}
    settings.STORAGES = local
    require_storage()
