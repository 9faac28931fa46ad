from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from gpu_worker.weights import download
from gpu_worker.weights.download import DownloadError, fetch
from tests.gpu_worker.weights.faulty_server import FaultySite, faulty_site

CONTENT = random.Random(1).randbytes(700_000)


@pytest.fixture
def site() -> Iterator[FaultySite]:
    with faulty_site() as site:
        site.files["/weights"] = CONTENT
        yield site


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "weights.part"


def quiet(done: int, total: int | None) -> None:
    """Nobody watches."""


def test_a_file_arrives_whole_and_its_progress_is_told(site: FaultySite, part: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    fetch(f"{site.url}/weights", part, lambda done, total: seen.append((done, total)))
    assert part.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert site.ranges == [None]


def test_a_cut_download_goes_on_from_where_it_was(site: FaultySite, part: Path) -> None:
    site.faults = [300_000, 100_000]
    fetch(f"{site.url}/weights", part, quiet)
    assert part.read_bytes() == CONTENT
    assert site.ranges == [None, "bytes=300000-", "bytes=400000-"]


def test_a_later_run_takes_up_what_an_earlier_one_left(site: FaultySite, part: Path) -> None:
    part.parent.mkdir()
    part.write_bytes(CONTENT[:500_000])
    fetch(f"{site.url}/weights", part, quiet)
    assert part.read_bytes() == CONTENT
    assert site.ranges == ["bytes=500000-"]


def test_a_file_that_is_whole_already_is_not_sent_again(site: FaultySite, part: Path) -> None:
    part.parent.mkdir()
    part.write_bytes(CONTENT)
    fetch(f"{site.url}/weights", part, quiet)
    assert part.read_bytes() == CONTENT


def test_a_part_that_is_longer_than_the_file_is_thrown_away(site: FaultySite, part: Path) -> None:
    part.parent.mkdir()
    part.write_bytes(CONTENT + b"of another file")
    fetch(f"{site.url}/weights", part, quiet)
    assert part.read_bytes() == CONTENT


def test_a_source_that_keeps_its_first_byte_back_is_given_up_in_time(site: FaultySite, part: Path) -> None:
    site.faults = ["silent"]
    with pytest.raises(DownloadError, match="no answer in time"):
        fetch(f"{site.url}/weights", part, quiet, first_byte_s=0.2)
    assert len(site.ranges) == 1


def test_a_refusal_is_named(site: FaultySite, part: Path) -> None:
    with pytest.raises(DownloadError, match="HTTP 404"):
        fetch(f"{site.url}/nothing-here", part, quiet)


def test_a_source_that_breaks_for_good_is_given_up_and_what_came_is_kept(
    site: FaultySite, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "PAUSE_S", 0.0)
    site.faults = [200_000, "refused", "refused", "refused"]
    with pytest.raises(DownloadError, match="HTTP 404"):
        fetch(f"{site.url}/weights", part, quiet)
    assert part.read_bytes() == CONTENT[:200_000]
    assert len(site.ranges) == 4


def test_nobody_at_the_address_is_an_error_at_once(part: Path) -> None:
    with pytest.raises(DownloadError, match="refused"):
        fetch("http://127.0.0.1:9/weights", part, quiet)
