"""The log file of a child stays small and tells its last output."""

from __future__ import annotations

import os
from pathlib import Path

from emojiforge.launch.logs import LogFile, OutputPipe
from tests.small_disk import filled, small_disk


def test_a_log_that_grows_too_large_is_put_aside_once(tmp_path: Path) -> None:
    log_file = LogFile(tmp_path, "web", lambda _: None, largest=100)
    for number in range(8):
        log_file.write(f"line {number} {'x' * 30}\n".encode())
    log_file.close()
    kept = (tmp_path / "web.log.1").read_text() + log_file.path.read_text()
    assert "line 7" in log_file.path.read_text()
    assert "line 5" in kept
    assert {path.name for path in tmp_path.iterdir()} == {"web.log", "web.log.1"}


def test_a_new_run_adds_to_the_log_of_the_last(tmp_path: Path) -> None:
    for word in ("first\n", "second\n"):
        log_file = LogFile(tmp_path, "web", lambda _: None)
        log_file.write(word.encode())
        log_file.close()
    assert (tmp_path / "web.log").read_text() == "first\nsecond\n"


def test_last_words_are_the_last_three_lines_that_say_something(tmp_path: Path) -> None:
    log_file = LogFile(tmp_path, "web", lambda _: None)
    log_file.write(b"one\ntwo\n\nthree\nfour\n")
    log_file.close()
    assert log_file.last_lines() == ["two", "three", "four"]


def test_what_says_warning_error_or_critical_is_reported(tmp_path: Path) -> None:
    reported: list[str] = []
    log_file = LogFile(tmp_path, "bulk", reported.append)
    log_file.write(b"a INFO b\na WARNING b\na CRITICAL b\nWARNINGS are off\n")
    log_file.close()
    assert reported == ["bulk: a WARNING b", "bulk: a CRITICAL b"]


def test_words_are_read_to_their_end_in_whole_lines(tmp_path: Path) -> None:
    log_file = LogFile(tmp_path, "web", lambda _: None)
    theirs, ours = os.pipe()
    output = OutputPipe(os.fdopen(theirs, "rb"), log_file)
    os.write(ours, b"one\ntw")
    assert output.read() is True
    assert log_file.path.read_text() == "one\n"
    os.write(ours, b"o\nthree")
    os.close(ours)
    assert output.read() is False
    assert output.pipe.closed
    assert log_file.path.read_text() == "one\ntwo\nthree\n"
    log_file.close()


def test_a_full_disk_loses_lines_and_says_so_once_until_there_is_room(tmp_path: Path) -> None:
    reported: list[str] = []
    with small_disk(tmp_path / "logs", 64 * 1024) as folder:
        log_file = LogFile(folder, "web", reported.append, largest=100_000)
        with filled(folder):
            for _ in range(20):
                log_file.write(b"x" * 4000 + b"\n")
        log_file.write(b"there is room\n")
        log_file.close()
        assert log_file.path.read_text().endswith("there is room\n")
    assert [line.partition(" (")[0] for line in reported] == ["web: its log cannot be written"]


def test_a_log_that_cannot_be_put_aside_goes_on(tmp_path: Path) -> None:
    log_file = LogFile(tmp_path, "web", lambda _: None, largest=10)
    (tmp_path / "web.log.1").mkdir()
    log_file.write(b"one line that is too long\n")
    (tmp_path / "web.log.1").rmdir()
    log_file.write(b"another\n")
    log_file.close()
    assert log_file.path.read_text() == "another\n"
