"""Frames as work: their keys, and the packs in which they go out. Data only; `gpu.batch.delivery` sends them.

A frame is known by its own key wherever it goes, and a pack by those of its frames. So a run that starts again, with
other workers ready and so another plan, still finds what an earlier one has sent: it asks the ledger for the calls
that hold its frames, not for its packs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from gpu.batch.execution_time import Sample
from gpu.batch.planner import FrameCost
from gpu.contract import ErrorCode, FrameError, Request, Task
from gpu.errors import GpuError
from gpu.ledger import CallRecord, work_key

OnFrame = Callable[[int, bytes | FrameError], Awaitable[None]]
"""Told each frame once, by its index: the alpha's PNG bytes, or why there is none."""
CheckAlpha = Callable[[int, bytes], FrameError | None]
"""Looks at a frame's PNG bytes before they are delivered: None, or what is wrong with them (as `internal`: again)."""


@dataclass(frozen=True, slots=True)
class FrameWork:
    """One frame to be done: the caller's `index`, its key, the encoded picture, and what it costs."""

    index: int
    key: str
    image: bytes
    cost: FrameCost


@dataclass(frozen=True, slots=True)
class FrameTask:
    """The task that is done to every frame of a run, and its parameters."""

    task: Task
    params: Mapping[str, Any] = field(default_factory=dict)

    def request(self, images: Iterable[bytes]) -> Request:
        """Make the request for a pack of these images."""
        return Request(self.task, tuple(images), dict(self.params))

    def frame_work(
        self, index: int, image: bytes, scope: str, *, returned_bytes: int = 0, weight: float = 1.0
    ) -> FrameWork:
        """Make the work of one frame; `scope` as in `work_key`, `returned_bytes` those expected of its alpha."""
        key = work_key(self.request([image]), scope)
        return FrameWork(index, key, image, FrameCost(len(image), returned_bytes, weight))


@dataclass(slots=True)
class Summary:
    """The outcome of a run: samples for `gpu.batch.execution_time`, and counts of calls and of failed frames."""

    samples: list[Sample] = field(default_factory=list)
    cold_starts: list[Sample] = field(default_factory=list)
    sent: int = 0
    resumed: int = 0
    split: int = 0
    hedged: int = 0
    failed_frames: int = 0


def pack_key(frame_keys: Sequence[str], retry_tag: str = "") -> str:
    """Make the key of a call that holds these frames (64 hex digits).

    Work that is to be done although there is a call for it already has a tag of its own (`gpu.batch.frames`).
    """
    digest = hashlib.sha256(f"pack {retry_tag}".encode())
    for key in frame_keys:
        digest.update(key.encode())
    return digest.hexdigest()


def can_resume(record: CallRecord, ours: Iterable[str], endpoint: str) -> bool:
    """Tell whether an earlier call can be waited for by a run that has these frames.

    One with frames that this run does not have only if its job is known: to send it, their pictures would be needed.
    """
    if set(record.frame_keys) <= set(ours):
        return True
    return record.status in ("submitted", "succeeded") and record.endpoint == endpoint


def frame_error(error: GpuError) -> FrameError:
    """Turn the error of a call into that of a frame that was in it."""
    return {"code": cast(ErrorCode, error.code), "message": error.message}
