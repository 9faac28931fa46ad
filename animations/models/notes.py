"""What a project's owner should know about what was done without being asked: a list of plain sentences.

Each has a code, for programs; a project has at most one note of a code.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict


class Note(TypedDict):
    """`code` names the kind of note (`clip_shortened`), `text` is one sentence or two for people."""

    code: str
    text: str


def with_note(notes: Iterable[Note], code: str, text: str) -> list[Note]:
    """Put the note `code` last, in place of the one of this code; an empty `text` takes it out."""
    others = [note for note in notes if note["code"] != code]
    return [*others, {"code": code, "text": text}] if text else others
