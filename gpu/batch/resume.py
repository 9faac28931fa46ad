"""Earlier calls of the same frames: answers that need not be asked for again, and calls to wait for.

A good alpha is a good alpha, whoever asked for it. A failure counts only for the job that met it: a run of the
same job that starts again must not ask, and pay, once more for what it knows, while a job that a person starts later
("try again") really asks again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field

from gpu.contract import FrameError
from gpu.ledger import CallRecord

Check = Callable[[str, bytes | FrameError], bytes | FrameError]
"""A frame's answer as it counts: an alpha that is not accepted becomes an error."""


@dataclass(slots=True)
class EarlierCalls:
    """By frame key: good `alphas`, this job's own `failures` (oldest first), and how often it `failed_elsewhere`.

    `live`: calls that have not ended.
    """

    alphas: dict[str, bytes] = field(default_factory=dict)
    failures: list[tuple[str, FrameError]] = field(default_factory=list)
    failed_elsewhere: Counter[str] = field(default_factory=Counter)
    live: list[CallRecord] = field(default_factory=list)


def sort_earlier_calls(records: Iterable[CallRecord], wanted: Container[str], check: Check) -> EarlierCalls:
    """Sort out the calls of `Ledger.find_by_frames`, oldest first, for the frames that are `wanted`."""
    earlier = EarlierCalls()
    for record in records:
        if record.result is None:
            earlier.live.append(record)
        for key, found in _wanted_frames(record, wanted, check):
            if isinstance(found, bytes):
                earlier.alphas.setdefault(key, found)
            elif record.ours:
                earlier.failures.append((key, found))
            else:
                earlier.failed_elsewhere[key] += 1
    return earlier


def _wanted_frames(
    record: CallRecord, wanted: Container[str], check: Check
) -> Iterator[tuple[str, bytes | FrameError]]:
    if record.result is not None:
        for key, found in zip(record.frame_keys, record.result.frames, strict=True):
            if key in wanted:
                yield key, check(key, found)
