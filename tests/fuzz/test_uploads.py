"""Damaged pictures and clips are taken or refused: quickly, within a bound of memory, and without a trace.

`FUZZ_UPLOADS` is their number, and `FUZZ_SEED` the first seed; `make fuzz` sends 10,000.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import psutil
import pytest
from django.conf import settings

from animations.models import Project, Source
from animations.work.cleanup.deleted_projects import empty_trash
from tests.conftest import MakePerson
from tests.fuzz.conftest import Fuzzed, sign_in
from tests.fuzz.mutations import mutated
from tests.fuzz.sample_files import Files, whole_files
from tests.memory import peak_bytes

log = logging.getLogger(__name__)

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
                with suppress(OSError, psutil.Error):
                    self.peak = max(self.peak, peak_bytes(child.pid))


@dataclass
class Sender:
    """A person who sends one damaged file after the other, and deletes the emoji of those that were taken."""

    client: httpx.Client
    files: Files
    answers: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    slowest: tuple[float, int] = (0.0, 0)

    def send_all(self, seeds: range) -> None:
        with self.client:
            for place, seed in enumerate(seeds, 1):
                self._send(seed)
                if place % 200 == 0:
                    log.info("%d of %d sent; slowest: %.1f s, seed %d", place, len(seeds), *self.slowest)

    def _send(self, seed: int) -> None:
        kind, name, sent = damaged(seed, self.files)
        form = {"start": "false", "prompt": "bounce"}
        began = time.monotonic()
        answer = self.client.post("/api/v1/projects/", data=form, files={"source": (name, sent)})
        self.slowest = max(self.slowest, (time.monotonic() - began, seed))
        self.answers[kind][answer.status_code] += 1
        assert answer.status_code in (201, 400), (seed, kind, name, answer.text)
        if answer.status_code == 201:
            assert self.client.delete(f"/api/v1/projects/{answer.json()['id']}/").status_code == 204


def damaged(seed: int, files: Files) -> tuple[str, str, bytes]:
    """Return the kind, the name and the content of the file that is sent for a seed: each kind as often."""
    chance = random.Random(seed)
    (kind, name), (other_kind, other) = (
        (of, chance.choice(list(files[of]))) for of in chance.choices(list(files), k=2)
    )
    return kind, name, mutated(seed, files[kind][name], files[other_kind][other])


@pytest.fixture
def senders(fuzzed: Fuzzed, new_person: MakePerson, tmp_path: Path) -> list[Sender]:
    """Return people who are signed in: each has one upload decoded at a time."""
    files = whole_files(tmp_path)
    return [Sender(fuzzed.client(sign_in(new_person(f"sender-{number}"))), files) for number in range(PEOPLE)]


def stored() -> set[Path]:
    folders = (Path(settings.MEDIA_ROOT), Path(settings.FILE_UPLOAD_TEMP_DIR))
    return {path for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_a_damaged_upload_is_never_an_error_of_ours_and_leaves_nothing(
    fuzzed: Fuzzed, senders: list[Sender], monkeypatch: pytest.MonkeyPatch
) -> None:
    count, first = int(os.environ.get("FUZZ_UPLOADS", "24")), int(os.environ.get("FUZZ_SEED", "0"))
    rows, files = (Project.objects.count(), Source.objects.count()), stored()
    memory = Memory(psutil.Process(fuzzed.web.process.pid))
    with ThreadPoolExecutor(PEOPLE + 1) as pool:
        watching = pool.submit(memory.watch)
        try:
            shares = [range(first + place, first + count, PEOPLE) for place in range(PEOPLE)]
            list(pool.map(Sender.send_all, senders, shares))
        finally:
            memory.over.set()
        watching.result()
    _log_answers(senders)
    slowest = max(sender.slowest for sender in senders)
    log.info("slowest %.1f s (seed %d); decoder %d B; web %d B", *slowest, memory.peak, fuzzed.web.peak())
    assert 10_000_000 < memory.peak <= MAX_MEMORY
    assert slowest[0] <= MAX_SECONDS
    assert fuzzed.web.peak() <= 150_000_000
    monkeypatch.setattr(Project, "TRASH_KEPT", timedelta(0))
    assert empty_trash() <= PEOPLE * Project.TRASH_SIZE
    assert (Project.objects.count(), Source.objects.count()) == rows
    assert stored() == files


def _log_answers(senders: list[Sender]) -> None:
    for kind in sorted({kind for sender in senders for kind in sender.answers}):
        log.info("%s: %s", kind, dict(sum((sender.answers[kind] for sender in senders), Counter[int]())))
