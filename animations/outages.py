"""Outages: what the machine cannot do at the moment, told from the error it ends in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from animations import disk


@dataclass(frozen=True, slots=True)
class Outage:
    """The answer to a request that an outage has ended: HTTP status, code, words, and seconds until it may work."""

    status: int
    code: str
    detail: str
    wait: int


NO_ROOM: Final = Outage(
    507,
    "no_room",
    "This server has no room for new work at the moment. Nothing of yours is lost; try again in a few minutes.",
    60,
)


def outage_of(error: BaseException) -> Outage | None:
    """Return the outage behind an error; None where there is none and something is wrong with the product."""
    return NO_ROOM if disk.is_full(error) else None
