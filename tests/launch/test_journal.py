"""The log file of a child stays small and tells its last words."""

from __future__ import annotations

import os
from pathlib import Path

from emojiforge.launch.logs import Journal, Words


def test_a_log_that_grows_too_large_is_put_aside_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "web", lambda _: None, largest=100)
    for number in range(8):
        journal.write(f"line {number} {'x' * 30}\n".encode())
    journal.close()
    kept = (tmp_path / "web.log.1").read_text() + journal.path.read_text()
    assert "line 7" in journal.path.read_text()
    assert "line 5" in kept
    assert {path.name for path in tmp_path.iterdir()} == {"web.log", "web.log.1"}


def test_a_new_run_adds_to_the_log_of_the_last(tmp_path: Path) -> None:
    for word in ("first\n", "second\n"):
        journal = Journal(tmp_path, "web", lambda _: None)
        journal.write(word.encode())
        journal.close()
    assert (tmp_path / "web.log").read_text() == "first\nsecond\n"


def test_last_words_are_the_last_three_lines_that_say_something(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "web", lambda _: None)
    journal.write(b"one\ntwo\n\nthree\nfour\n")
    journal.close()
    assert journal.last_words() == ["two", "three", "four"]


def test_what_says_warning_error_or_critical_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    journal = Journal(tmp_path, "bulk", told.append)
    journal.write(b"a INFO b\na WARNING b\na CRITICAL b\nWARNINGS are off\n")
    journal.close()
    assert told == ["bulk: a WARNING b", "bulk: a CRITICAL b"]


def test_words_are_read_to_their_end_in_whole_lines(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "web", lambda _: None)
    theirs, ours = os.pipe()
    words = Words(os.fdopen(theirs, "rb"), journal)
    os.write(ours, b"one\ntw")
    assert words.read() is True
    assert journal.path.read_text() == "one\n"
    os.write(ours, b"o\nthree")
    os.close(ours)
    assert words.read() is False
    assert words.pipe.closed
    assert journal.path.read_text() == "one\ntwo\nthree\n"
    journal.close()
