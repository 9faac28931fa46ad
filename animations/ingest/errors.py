"""Errors of decoding a file, as the child process reports them and its client raises them.

DecodeError
├── UnsupportedFile     what the file is, or is not
├── TooSlow             its time was over
└── Busy                its turn did not come in time
    └── TooManyAtOnce   because of other files of the same person
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
    """The file's turn to be decoded did not come in time."""

    def __init__(
        self, code: str = "busy", message: str = "Many files are being opened just now. Try again in a moment."
    ) -> None:
        super().__init__(code, message)


class TooManyAtOnce(Busy):
    """The file's turn did not come in time, since other files of the same person came before it."""

    def __init__(self) -> None:
        super().__init__("too_many_at_once", "Your other files are still being opened. Send this one after them.")
