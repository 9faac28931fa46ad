"""The disk of a running product is full: it lives, says so, and goes on when there is room."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.polling import until
from tests.small_disk import filled, small_disk
from tests.stack.fixtures import NewFolder, bright
from tests.stack.product import ROOT, Person, Product, running_product

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("full disk")]

DISK_BYTES = 120_000_000
DRAWN = {"prompt": "bounce", "matte": "none", "frame_count": "4", "candidates": "1", "size": "64"}


@pytest.fixture
def product(data_dir: NewFolder, tmp_path: Path) -> Iterator[Product]:
    """Start a product on a disk of its own that is small; it draws, and needs no GPU."""
    with small_disk(tmp_path / "disk", DISK_BYTES) as disk:
        data_dir("full").rename(tmp_path / "copied")
        subprocess.run(["cp", "-r", f"{tmp_path / 'copied'}/.", str(disk)], check=True)
        with running_product(disk, DISK_RESERVE_MB="20", RUNPOD_BASE_URL="http://127.0.0.1:9/v2") as started:
            yield started


def test_a_full_disk_ends_nothing_and_is_over_when_there_is_room(request: pytest.FixtureRequest) -> None:
    if os.geteuid() != 0:  # only root mounts a disk: be root of a namespace
        command = ["unshare", "--user", "--map-root-user", "--mount", sys.executable, "-m", "pytest", __file__, "-n0"]
        subprocess.run(command, cwd=ROOT, check=True, timeout=300)
        return
    product: Product = request.getfixturevalue("product")
    person = product.person()
    project = person.upload(bright(), **DRAWN)
    assert person.finished(project["job"]["id"])["status"] == "succeeded"
    before = person.get(f"projects/{project['id']}/")
    with filled(product.data_dir):
        _refuses_and_reads(product, person, project["id"])
        _restarts_what_dies(product)
        assert person.get(f"projects/{project['id']}/")["frames"] == before["frames"]
    again = until(lambda: _uploaded(person), 60, "an upload is taken again")
    assert person.finished(again["job"]["id"])["status"] == "succeeded"
    (export,) = person.http.post(f"projects/{project['id']}/exports/", json={"platforms": ["gif"]}).json()
    ended = until(lambda: _ended(person, export["id"]), 60, "the export ends")
    assert ended["status"] == "succeeded"
    assert all(person.file(file["url"]) for file in ended["files"])


def _refuses_and_reads(product: Product, person: Person, project_id: str) -> None:
    for path, body in (("generate/", {}), ("exports/", {"platforms": ["gif"]})):
        answer = person.http.post(f"projects/{project_id}/{path}", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (507, "disk_full")
    answer = person.http.post("projects/", data=DRAWN, files={"source": ("x.png", bright(1))})
    assert (answer.status_code, answer.headers["Retry-After"]) == (507, "60")
    assert person.get("projects/")["count"] == 1
    statuses = {httpx.get(f"{product.base}{page}").status_code for page in ("/", "/healthz", "/accounts/login/")}
    assert statuses == {200}


def _restarts_what_dies(product: Product) -> None:
    """Kill the reconciler: its parent, whose logs cannot be written, starts another."""
    first: psutil.Process = product.child("reconcile")
    first.kill()
    until(lambda: product.child("reconcile").pid != first.pid, 30, "another reconciler")
    assert product.process.poll() is None


def _uploaded(person: Person) -> Any:
    answer = person.http.post("projects/", data=DRAWN, files={"source": ("x.png", bright(2))})
    assert answer.status_code in (201, 507), answer.text
    return answer.json() if answer.status_code == 201 else None


def _ended(person: Person, export_id: str) -> Any:
    export = person.get(f"exports/{export_id}/")
    return export if export["status"] not in ("queued", "running") else None
