"""Damaged pictures and clips are taken or refused: quickly, within a bound of memory, and without a trace.

`FUZZ_UPLOADS` is their number; `make fuzz` sends 10,000.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest
from django.conf import settings

from animations.models import Project, Source
from tests.conftest import MakePerson
from tests.fuzz.conftest import Fuzzed, sign_in
from tests.fuzz.mutations import mutated

log = logging.getLogger(__name__)

DATA = Path(__file__).parents[1] / "data"
FILES = [path for path in sorted(DATA.rglob("*")) if path.suffix in {".png", ".gif", ".mp4", ".heic", ".avif"}]
MAX_MEMORY = 400_000_000
MAX_SECONDS = 10.0
PEOPLE = 3


@dataclass
class Memory:
    """The most memory that any process below another was seen to have, in bytes."""

    process: psutil.Process
    peak: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self.over.wait(0.02):
            for child in self.process.children(recursive=True):
                with suppress(OSError, psutil.Error, StopIteration):
                    status = Path(f"/proc/{child.pid}/status").read_text().splitlines()
                    line = next(line for line in status if line.startswith("VmHWM"))
                    self.peak = max(self.peak, int(line.split()[1]) * 1024)


@dataclass
class Sender:
    """A person who sends one damaged file after the other, and deletes the emoji of those that were taken."""

    client: httpx.Client
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0

    def send(self, seed: int) -> None:
        chance = random.Random(seed)
        path, other = chance.choices(FILES, k=2)
        form = {"start": "false", "prompt": "bounce"}
        files = {"source": (path.name, mutated(seed, path.read_bytes(), other.read_bytes()))}
        began = time.monotonic()
        answer = self.client.post("/api/v1/projects/", data=form, files=files)
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.statuses[answer.status_code] += 1
        assert answer.status_code in (201, 400), (seed, path.name, answer.text)
        if answer.status_code == 201:
            assert self.client.delete(f"/api/v1/projects/{answer.json()['id']}/").status_code == 204


@pytest.fixture
def senders(fuzzed: Fuzzed, new_person: MakePerson) -> list[Sender]:
    """Return people who are signed in: each has one upload decoded at a time."""
    return [Sender(fuzzed.client(sign_in(new_person(f"sender-{number}")))) for number in range(PEOPLE)]


def stored() -> set[Path]:
    folders = (Path(settings.MEDIA_ROOT), Path(settings.FILE_UPLOAD_TEMP_DIR))
    return {path for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_a_damaged_upload_is_never_an_error_of_ours_and_leaves_nothing(fuzzed: Fuzzed, senders: list[Sender]) -> None:
    count = int(os.environ.get("FUZZ_UPLOADS", "24"))
    rows, files = (Project.objects.count(), Source.objects.count()), stored()
    memory = Memory(psutil.Process(fuzzed.web.process.pid))
    with ThreadPoolExecutor(PEOPLE + 1) as pool:
        watching = pool.submit(memory.watch)
        try:
            list(pool.map(lambda place: send_share(senders[place], range(place, count, PEOPLE)), range(PEOPLE)))
        finally:
            memory.over.set()
        watching.result()
    slowest = max(sender.slowest for sender in senders)
    statuses = sum((sender.statuses for sender in senders), Counter[int]())
    log.info("%s; %.1f s; decoder %d B; web %d B", dict(statuses), slowest, memory.peak, fuzzed.web.peak())
    assert 10_000_000 < memory.peak <= MAX_MEMORY
    assert slowest <= MAX_SECONDS
    assert fuzzed.web.peak() <= 170_000_000
    assert (Project.objects.count(), Source.objects.count()) == rows
    assert stored() == files


def send_share(sender: Sender, seeds: range) -> None:
    with sender.client:
        for seed in seeds:
            sender.send(seed)
