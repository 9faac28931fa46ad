from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from gpu_worker.weights import download
from gpu_worker.weights.download import DownloadError, fetch
from tests.gpu_worker.weights.faulty_server import FaultyServer, running_faulty_server

CONTENT = random.Random(1).randbytes(700_000)


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with running_faulty_server() as server:
        server.files["/weights"] = CONTENT
        yield server


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "weights.part"


def quiet(done: int, total: int | None) -> None:
    """Ignore the progress."""


def test_a_file_arrives_whole_and_its_progress_is_reported(server: FaultyServer, part: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    fetch(f"{server.url}/weights", part, lambda done, total: seen.append((done, total)))
    assert part.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert server.ranges == [None]


def test_a_cut_download_continues_where_it_was(server: FaultyServer, part: Path) -> None:
    server.faults = [300_000, 100_000]
    fetch(f"{server.url}/weights", part, quiet)
    assert part.read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300000-", "bytes=400000-"]


def test_a_later_run_continues_the_part_of_an_earlier_one(server: FaultyServer, part: Path) -> None:
    part.parent.mkdir()
    part.write_bytes(CONTENT[:500_000])
    fetch(f"{server.url}/weights", part, quiet)
    assert part.read_bytes() == CONTENT
    assert server.ranges == ["bytes=500000-"]


def test_a_complete_part_is_not_sent_again(server: FaultyServer, part: Path) -> None:
    part.parent.mkdir()
    part.write_bytes(CONTENT)
    fetch(f"{server.url}/weights", part, quiet)
    assert part.read_bytes() == CONTENT


def test_a_part_that_is_longer_than_the_file_is_thrown_away(server: FaultyServer, part: Path) -> None:
    part.parent.mkdir()
    part.write_bytes(CONTENT + b"of another file")
    fetch(f"{server.url}/weights", part, quiet)
    assert part.read_bytes() == CONTENT


def test_a_source_without_a_first_byte_is_given_up_in_time(server: FaultyServer, part: Path) -> None:
    server.faults = ["silent"]
    with pytest.raises(DownloadError, match="no answer in time"):
        fetch(f"{server.url}/weights", part, quiet, first_byte_s=0.2)
    assert len(server.ranges) == 1


def test_an_http_error_is_named(server: FaultyServer, part: Path) -> None:
    with pytest.raises(DownloadError, match="HTTP 404"):
        fetch(f"{server.url}/nothing-here", part, quiet)


def test_a_source_that_keeps_failing_is_given_up_and_its_part_kept(
    server: FaultyServer, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "PAUSE_S", 0.0)
    server.faults = [200_000, "refused", "refused", "refused"]
    with pytest.raises(DownloadError, match="HTTP 404"):
        fetch(f"{server.url}/weights", part, quiet)
    assert part.read_bytes() == CONTENT[:200_000]
    assert len(server.ranges) == 4


def test_a_refused_connection_is_an_error_at_once(part: Path) -> None:
    with pytest.raises(DownloadError, match="refused"):
        fetch("http://127.0.0.1:9/weights", part, quiet)
