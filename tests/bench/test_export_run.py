from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.bench.exports import show as run
from tests.bench.exports.animations import BESIDE
from tests.bench.exports.resource_rows import Bound
from tests.bench.exports.rows import Row, RowKey, Side


class Ended(Exception):
    """Somebody ended the run."""


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Have rows measured at once, their names noted, and a run ended at the fifth."""
    names: list[str] = []

    def measure(wanted: Sequence[RowKey]) -> Iterator[Row]:
        for animation, slug in wanted:
            names.append(f"{animation.name} {slug}")
            if len(names) == 5:
                raise Ended
            yield Row(animation.name, slug, {"ours": Side(1000, 1.0, [])})

    monkeypatch.setattr(run, "measure", measure)
    monkeypatch.setattr(run, "results", lambda: tmp_path / "rows.jsonl")
    monkeypatch.setattr(run, "bounds_in_process", lambda: [Bound("avif: MB", 310.2, 300)])
    return names


def test_a_run_that_was_ended_is_taken_up_and_its_page_shows_the_bounds_that_it_measured(
    measured: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "exports.md"
    with pytest.raises(Ended):
        run.show(beside_only=True, path=page)
    assert not page.exists()
    assert run.show(beside_only=True, path=page) == 1
    wanted = [f"{animation.name} {slug}" for animation, slugs in BESIDE.items() for slug in slugs]
    assert measured == [*wanted[:5], *wanted[4:]]
    assert "| avif: MB | 310.2 | 300 |" in page.read_text()
    assert f"{len(wanted)} files of {len(BESIDE)} animations" in page.read_text()
    assert "MISSED: avif: MB: 310.2 of 300" in capsys.readouterr().out
    assert not (tmp_path / "rows.jsonl").exists(), "the next run begins anew"


def test_some_rows_alone_write_no_page(measured: list[str], tmp_path: Path) -> None:
    page = tmp_path / "exports.md"
    assert run.show("pixel art 8×64 slack", path=page) == 0
    assert measured == ["pixel art 8×64 slack"]
    assert list(tmp_path.iterdir()) == []
