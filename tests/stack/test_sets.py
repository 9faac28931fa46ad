"""A set of eight emojis of one picture: one call to the GPU, also where workers are killed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.encode.packs.store_rules import broken_rules
from tests.gpu_worker.endpoint_process import LocalEndpoint
from tests.polling import until
from tests.processes import kill_all
from tests.stack.fixtures import bright, executions
from tests.stack.product import Person, Product

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("kills")]

MOTIONS = ["bounce", "nod", "wobble", "shake", "spin", "sway", "pulse", "jump"]


def make_set(person: Person) -> Any:
    fields = {"frame_count": "8", "candidates": "1", "size": "256", "matte": "rembg"}
    answer = person.http.post(
        "sets/", data={**fields, "motions": "\n".join(MOTIONS)}, files={"source": ("cat.png", bright())}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def finished(person: Person, made: Any) -> Any:
    def ended() -> Any:
        shown = person.get(f"sets/{made['id']}/")
        return shown if shown["status"] != "working" else None

    until(lambda: ended() is not None, 75, "the set")
    return person.get(f"sets/{made['id']}/")


def line_pack(person: Person, made: Any) -> Any:
    asked = {"platform": "line_emoji", "title": "Cat", "author": "A studio", "tags": []}
    answer = person.http.post(f"sets/{made['id']}/packs/", json=asked)
    assert answer.status_code == 202, answer.text
    address = f"packs/{answer.json()['id']}/"
    until(lambda: person.get(address)["status"] not in ("queued", "running"), 60, "the pack")
    return person.get(address)


def test_eight_emojis_of_one_picture_cost_one_call_and_make_a_pack_that_line_takes(
    faulty: Product, fake_gpu: LocalEndpoint, tmp_path: Path
) -> None:
    person, before, began = faulty.person(), executions(fake_gpu), time.monotonic()
    shown = finished(person, make_set(person))
    assert (shown["status"], len(shown["projects"])) == ("ready", 8)
    assert shown["progress"] == {"done": 64, "total": 64, "failed": 0}
    assert (executions(fake_gpu) - before).total() == 1
    assert sum(project["job"]["gpu"]["calls"] for project in shown["projects"]) == 1
    pack = line_pack(person, shown)
    assert (pack["status"], pack["accepted"], pack["missing"]) == ("succeeded", True, [])
    assert time.monotonic() - began <= 60
    (url,) = (file["url"] for file in pack["files"] if file["format"] == "ZIP")
    (tmp_path / "pack.zip").write_bytes(person.file(url))
    assert broken_rules("line_emoji", tmp_path / "pack.zip", "Cat", "A studio") == []


def test_a_set_survives_the_end_of_its_workers_while_its_matte_is_made(
    faulty: Product, fake_gpu: LocalEndpoint
) -> None:
    person, before, workers = faulty.person(), executions(fake_gpu), faulty.workers("bulk")
    made = make_set(person)
    until(lambda: _calls(person, made) == 1, 30, "the call")
    kill_all([*faulty.work_horses("bulk"), *workers])
    shown = finished(person, made)
    assert shown["status"] == "ready"
    # Two at most where the kill fell while the send was unanswered; the ledger shows both then.
    assert 1 <= (executions(fake_gpu) - before).total() <= _calls(person, made) <= 2


def _calls(person: Person, made: Any) -> int:
    return sum(project["job"]["gpu"]["calls"] for project in person.get(f"sets/{made['id']}/")["projects"])
