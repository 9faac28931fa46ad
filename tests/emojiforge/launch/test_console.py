"""What the person at the terminal reads."""

from __future__ import annotations

import pytest

from emojiforge.launch.console import say, step, step_line


def test_a_step_is_printed_with_its_seconds_once_it_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    with step("database"):
        assert capsys.readouterr().out == ""
    assert capsys.readouterr().out == "    0.0 s  database\n"
    assert step_line("weights", 61.24) == "   61.2 s  weights"


def test_a_step_that_failed_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no"), step("database"):
        raise ValueError("no")
    assert capsys.readouterr().out == ""


def test_a_reader_that_has_gone_away_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Closed())
    say("nobody reads this")
