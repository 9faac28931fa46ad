"""Errors of decoding a file, as the child process reports them and its client raises them.

DecodeError
├── UnsupportedFile     what the file is, or is not
├── TooSlow             its time was over
└── Busy                too many files are being decoded
"""

from __future__ import annotations


class DecodeError(Exception):
    """The file was not decoded. `code` is for programs; `message` is a sentence for the person who sent it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class UnsupportedFile(DecodeError):
    """The file is not a picture or clip that we take, is out of bounds, or is damaged."""

    @classmethod
    def damaged(cls) -> UnsupportedFile:
        """Return the error for a file of which a decoder says nothing more precise."""
        return cls("damaged", "This file is damaged and cannot be opened. Try to save it again.")


class TooSlow(DecodeError):
    """The child process was killed: its time, or the processor time it allows itself, was over."""

    def __init__(self) -> None:
        super().__init__("too_slow", "This file takes too long to open. Save it smaller or shorter.")


class Busy(DecodeError):
    """No child process became free in time."""

    def __init__(self) -> None:
        super().__init__("busy", "Many files are being opened just now. Try again in a moment.")
