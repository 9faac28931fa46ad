"""Reading a webhook's body as it passes by: the two words that are wanted, and nothing kept.

The body repeats what was sent and what came of it, up to twenty megabytes of base64. It is scanned for the marks that
give JSON its shape; whatever lies between them is skipped at the speed of a search. What is no JSON yields nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

MARK: Final = re.compile(rb'["\\{}\[\],:]')
LONGEST_WORD: Final = 200
"""Bytes of a string that is kept to be looked at: a key, or an id."""
MOST_MARKS: Final = 20_000
"""Outside of strings; a pack of sixty frames has a few hundred. Whoever sends more is not read to the end."""


def wanted_words(chunks: Iterable[bytes], names: frozenset[str]) -> dict[str, str]:
    """The strings that the outermost object has under `names`. Memory is bounded by the largest chunk."""
    reader = _Reader(names)
    for chunk in chunks:
        reader.feed(chunk)
        if reader.is_done:
            break
    return reader.found


class _Reader:
    """A state of a few words, moved on by one mark after the other."""

    def __init__(self, names: frozenset[str]) -> None:
        self.found: dict[str, str] = {}
        self._names = names
        self._depth = 0
        self._marks = 0
        self._in_string = False
        self._escaped_at = -1  # where in the chunk the character after a backslash stands
        self._word = bytearray()
        self._key = ""
        self._is_value = False

    @property
    def is_done(self) -> bool:
        return self._marks > MOST_MARKS or self.found.keys() == self._names

    def feed(self, chunk: bytes) -> None:
        begin = 0
        for mark in MARK.finditer(chunk):
            at = mark.start()
            if self._in_string:
                begin = self._inside(chunk, begin, at)
            else:
                self._outside(chunk[at])
                begin = at + 1
                if self._marks > MOST_MARKS:
                    return
        if self._in_string:
            self._keep(chunk[begin:])
        self._escaped_at = 0 if self._escaped_at == len(chunk) else -1

    def _inside(self, chunk: bytes, begin: int, at: int) -> int:
        """A mark within a string; only a quote that no backslash precedes ends it. Returns where the rest begins."""
        character = chunk[at]
        if at == self._escaped_at:
            return begin
        if character == ord("\\"):
            self._escaped_at = at + 1
        elif character == ord('"'):
            self._keep(chunk[begin:at])
            self._in_string = False
            self._ended()
            return at + 1
        return begin

    def _outside(self, character: int) -> None:
        self._marks += 1
        if character == ord('"'):
            self._in_string, self._escaped_at = True, -1
            self._word.clear()
        elif character in b"{[":
            self._depth += 1
        elif character in b"}]":
            self._depth -= 1
        elif self._depth == 1:
            self._is_value = character == ord(":")

    def _keep(self, part: bytes) -> None:
        if self._depth == 1 and len(self._word) <= LONGEST_WORD:
            self._word += part[: LONGEST_WORD + 1 - len(self._word)]

    def _ended(self) -> None:
        """A string is over: of the outermost object it is a key, or the value of the last one."""
        if self._depth != 1:
            return
        word = _read(bytes(self._word)) if len(self._word) <= LONGEST_WORD else ""
        if not self._is_value:
            self._key = word
        elif self._key in self._names:
            self.found[self._key] = word


def _read(word: bytes) -> str:
    try:
        return str(json.loads(b'"' + word + b'"'))
    except ValueError:
        return ""
