"""Persons take turns at decoding: one file each, few at once on one machine, whoever had a turn stands back."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from animations.ingest.errors import Busy, TooManyAtOnce
from animations.ingest.process.decode_queue import DecodeQueue
from tests.polling import until

SOON = 0.2
"""Seconds within which a turn that can be had is had, and after which one that cannot is given up."""
HOLD = """if True:
    import sys, time
    from pathlib import Path
    from animations.ingest.process.decode_queue import DecodeQueue
    with DecodeQueue(Path(sys.argv[1]), 1).acquire("holder"):
        print("held", flush=True)
        time.sleep(60)
"""


@pytest.fixture
def queue(tmp_path: Path) -> DecodeQueue:
    return DecodeQueue(tmp_path, slots=2)


@pytest.fixture
def held() -> Iterator[ExitStack]:
    """Keep turns until the end of the test."""
    with ExitStack() as stack:
        yield stack


def can_decode(queue: DecodeQueue, person: str) -> bool:
    try:
        with queue.acquire(person, SOON):
            return True
    except Busy:
        return False


def test_a_person_decodes_one_file_at_a_time(queue: DecodeQueue, held: ExitStack) -> None:
    held.enter_context(queue.acquire("ann"))
    with pytest.raises(TooManyAtOnce), queue.acquire("ann", SOON):
        pytest.fail("two at once")
    assert can_decode(queue, "bob")


def test_a_file_for_which_there_is_no_place_in_time_is_refused(queue: DecodeQueue, held: ExitStack) -> None:
    for person in ("ann", "bob"):
        held.enter_context(queue.acquire(person))
    with pytest.raises(Busy) as refused, queue.acquire("cid", SOON):
        pytest.fail("three at once")
    assert refused.value.code == "busy"
    held.close()
    assert can_decode(queue, "cid")


def test_another_process_counts(tmp_path: Path, queue: DecodeQueue, held: ExitStack) -> None:
    other = DecodeQueue(tmp_path, slots=2)
    held.enter_context(other.acquire("ann"))
    assert not can_decode(queue, "ann")
    held.enter_context(queue.acquire("bob"))
    assert not can_decode(queue, "cid")


def test_a_person_who_decodes_in_another_process_does_not_stop_those_behind(
    tmp_path: Path, queue: DecodeQueue, held: ExitStack
) -> None:
    held.enter_context(DecodeQueue(tmp_path, slots=2).acquire("ann"))
    waiting = threading.Thread(target=can_decode, args=(queue, "ann"))
    waiting.start()
    assert can_decode(queue, "bob")
    waiting.join()


def test_whoever_had_a_turn_stands_behind_everybody_else(tmp_path: Path) -> None:
    queue, turns = DecodeQueue(tmp_path, slots=1), []

    def decode(person: str) -> None:
        with queue.acquire(person):
            turns.append(person)
            time.sleep(0.02)

    with queue.acquire("ann"):
        threads = []
        for person in ("ann", "ann", "ann", "bob", "cid", "bob"):
            threads.append(threading.Thread(target=decode, args=(person,)))
            threads[-1].start()
            until(lambda: len(queue._waiting) == len(threads))
    for thread in threads:
        thread.join()
    assert turns == ["bob", "cid", "ann", "bob", "ann", "ann"]


def test_a_killed_process_gives_its_place_back(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        queue = DecodeQueue(tmp_path, slots=1)
        assert not can_decode(queue, "ann")
        holder.kill()
        holder.wait()
    assert can_decode(queue, "holder")
