"""The output of a child: every line goes to a file that stays small, the important ones to the terminal too."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

from emojiforge.launch.console import is_for_terminal

MAX_LOG_BYTES: Final = 5_000_000
"""Bytes of a log file before it is rotated; one old file is kept."""
LAST_LINES: Final = 3


class LogFile:
    """The log file of one child, `directory/name.log`."""

    def __init__(self, directory: Path, name: str, say: Callable[[str], None], largest: int = MAX_LOG_BYTES) -> None:
        self.path = directory / f"{name}.log"
        self._name = name
        self._report = say
        self._largest = largest
        self._recent: deque[str] = deque(maxlen=LAST_LINES)
        self._is_failing = False
        directory.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("ab", buffering=0)

    def write(self, lines: bytes) -> None:
        """Add whole lines. Where the disk does not take them they are lost, and the terminal reads so once."""
        try:
            self._write_to_file(lines)
        except OSError as error:
            if not self._is_failing:
                self._report(
                    f"{self._name}: its log cannot be written ({error.strerror}); lines are lost until it can"
                )
            self._is_failing = True
        else:
            self._is_failing = False
        for line in lines.decode(errors="replace").splitlines():
            if line.strip():
                self._recent.append(line)
            if is_for_terminal(line):
                self._report(f"{self._name}: {line}")

    def last_lines(self) -> list[str]:
        """Return the last lines that the child wrote, for when it died."""
        return list(self._recent)

    def close(self) -> None:
        self._file.close()

    def _write_to_file(self, lines: bytes) -> None:
        if self._file.tell() + len(lines) > self._largest:
            self._rotate()
        self._file.write(lines)

    def _rotate(self) -> None:
        # The open file goes along with its name, so that there is one to write to if no new one can be opened.
        if self.path.exists():
            self.path.replace(self.path.with_suffix(".log.1"))
        old, self._file = self._file, self.path.open("ab", buffering=0)
        old.close()


class OutputPipe:
    """The pipe from one process of a child to its log_file. Closes itself at its end."""

    def __init__(self, pipe: IO[bytes], log_file: LogFile) -> None:
        self.pipe = pipe
        self._log_file = log_file
        self._unfinished = b""
        os.set_blocking(pipe.fileno(), False)

    def read(self) -> bool:
        """Take what is there now; False once nothing more can come."""
        while True:
            try:
                output = os.read(self.pipe.fileno(), 65536)
            except BlockingIOError:
                return True
            if not output:
                break
            whole, newline, self._unfinished = (self._unfinished + output).rpartition(b"\n")
            self._log_file.write(whole + newline)
        if self._unfinished:
            self._log_file.write(self._unfinished + b"\n")
        self.pipe.close()
        return False
