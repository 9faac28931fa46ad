"""Where a child's words go: all of them to a file that stays small, the important ones to the terminal."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

IMPORTANT: Final = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b|\"event\": \"worker ended\"")
LARGEST: Final = 5_000_000
"""Bytes of a log file before it is put aside; one old one is kept."""
LAST_WORDS: Final = 3


class Journal:
    """The log file of one child, `directory/name.log`."""

    def __init__(self, directory: Path, name: str, say: Callable[[str], None], largest: int = LARGEST) -> None:
        self.path = directory / f"{name}.log"
        self._name = name
        self._say = say
        self._largest = largest
        self._recent: deque[str] = deque(maxlen=LAST_WORDS)
        directory.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("ab", buffering=0)

    def write(self, lines: bytes) -> None:
        """Add whole lines."""
        if self._file.tell() + len(lines) > self._largest:
            self._put_aside()
        self._file.write(lines)
        for line in lines.decode(errors="replace").splitlines():
            if line.strip():
                self._recent.append(line)
            if IMPORTANT.search(line):
                self._say(f"{self._name}: {line}")

    def last_words(self) -> list[str]:
        """The last lines that the child wrote, for when it died."""
        return list(self._recent)

    def close(self) -> None:
        self._file.close()

    def _put_aside(self) -> None:
        self._file.close()
        self.path.replace(self.path.with_suffix(".log.1"))
        self._file = self.path.open("ab", buffering=0)


class Words:
    """The pipe from one process of a child to its journal. Closes itself at its end."""

    def __init__(self, pipe: IO[bytes], journal: Journal) -> None:
        self.pipe = pipe
        self._journal = journal
        self._unfinished = b""
        os.set_blocking(pipe.fileno(), False)

    def read(self) -> bool:
        """Take what is there now; False once nothing more can come."""
        while True:
            try:
                words = os.read(self.pipe.fileno(), 65536)
            except BlockingIOError:
                return True
            if not words:
                break
            whole, newline, self._unfinished = (self._unfinished + words).rpartition(b"\n")
            self._journal.write(whole + newline)
        if self._unfinished:
            self._journal.write(self._unfinished + b"\n")
        self.pipe.close()
        return False
