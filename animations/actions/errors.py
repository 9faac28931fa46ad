"""Refusals of actions, in words for people and codes for programs."""

from __future__ import annotations

from typing import Self


class ActionError(Exception):
    """An action was refused and changed nothing.

    `attr` is the field it is about, `status` the HTTP status, `wait` the seconds until it may work (0: unknown).
    """

    def __init__(self, code: str, detail: str, attr: str | None = None, status: int = 400, *, wait: int = 0) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.attr = attr
        self.status = status
        self.wait = wait


class Busy(ActionError):
    """Other work on the same target is under way."""

    def __init__(self, detail: str) -> None:
        super().__init__("busy", detail, status=409)

    @classmethod
    def on(cls, target: str) -> Self:
        """Refuse work on a `target`, named in one word ("emoji", "frame")."""
        return cls(f"This {target} is being worked on. Wait until it is finished, or cancel it first.")
