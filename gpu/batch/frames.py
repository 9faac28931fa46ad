"""The frames of a run: which are not delivered yet, and how often each has failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from gpu.batch.packs import CheckAlpha, FrameWork, OnFrame, frame_error
from gpu.batch.planner import FrameCost
from gpu.contract import FrameError
from gpu.errors import GpuError

MAX_FAILURES: Final = 2
"""Failures of a frame in one job after which it is not tried again."""


@dataclass(slots=True)
class Failures:
    """Counts of each frame's failures: `here`, in this job, and `elsewhere`, in others, where it does not count."""

    here: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)

    def record_failure(self, key: str) -> bool:
        """Count a failure of this frame; return whether it may be tried again."""
        self.here[key] += 1
        return self.here[key] < MAX_FAILURES

    def record_timeout(self, keys: Sequence[str]) -> list[str]:
        """Count a time-out of these frames' call; return those that may be tried in a smaller one, which is once.

        A frame that was alone in its call is not among them. So a worker that hangs costs three deadlines a pack.
        """
        return [key for key in keys if self.record_failure(key)] if len(keys) > 1 else []

    def retry_tag(self, keys: Sequence[str]) -> str:
        """Tag the next call of these frames (`gpu.batch.packs.pack_key`): "" before any of them has failed.

        What came back as failed is done anew, and not under the key of the call that failed on it. A job with equal
        work that knows as much finds the same key, and so the same call.
        """
        failures = max((self.here[key] + self.elsewhere[key] for key in keys), default=0)
        return f"strike {failures}" if failures else ""


class PendingFrames:
    """Frames by key until each is delivered, once, to `on_frame`. Frames of one key (equal pictures) are done once.

    An alpha that `check_alpha` finds fault with counts as failed.
    """

    def __init__(self, work: Iterable[FrameWork], on_frame: OnFrame, check_alpha: CheckAlpha | None = None) -> None:
        self._left: dict[str, list[FrameWork]] = {}
        for frame in work:
            self._left.setdefault(frame.key, []).append(frame)
        self._on_frame = on_frame
        self._check_alpha = check_alpha
        self.failures = Failures()
        self.failed = 0

    def __contains__(self, key: object) -> bool:
        return key in self._left

    def __len__(self) -> int:
        return len(self._left)

    @property
    def keys(self) -> list[str]:
        """The keys of all frames that are left."""
        return list(self._left)

    def left_of(self, keys: Iterable[str]) -> list[str]:
        """Filter the keys of frames that are not delivered yet."""
        return [key for key in keys if key in self._left]

    def images(self, keys: Iterable[str]) -> list[bytes]:
        """Collect the pictures of these frames; b"" for those that are not ours (`gpu.batch.packs.can_resume`)."""
        return [self._left[key][0].image if key in self._left else b"" for key in keys]

    def costs(self, keys: Iterable[str]) -> list[FrameCost]:
        """Collect what the frames that are left of these cost."""
        return [self._left[key][0].cost for key in self.left_of(keys)]

    def weight(self, keys: Iterable[str]) -> float:
        """Sum up the work in the frames that are left of these."""
        return sum(cost.weight for cost in self.costs(keys))

    def check(self, key: str, found: bytes | FrameError) -> bytes | FrameError:
        """Turn an alpha that is not what it should be into the error of its frame."""
        if not isinstance(found, bytes) or self._check_alpha is None:
            return found
        return self._check_alpha(self._left[key][0].index, found) or found

    def record_failure(self, key: str, error: FrameError) -> bool:
        """Count a failure of a frame that may pass; return whether the frame is to be tried again."""
        return error["code"] == "internal" and self.failures.record_failure(key)

    async def deliver(self, key: str, found: bytes | FrameError) -> None:
        """Deliver a frame's alpha, or why there is none, and drop it from those that are left."""
        for frame in self._left.pop(key):
            self.failed += not isinstance(found, bytes)
            await self._on_frame(frame.index, found)

    async def give_up(self, keys: Iterable[str], error: GpuError) -> None:
        """Deliver these frames as failed with their call's error."""
        for key in keys:
            await self.deliver(key, frame_error(error))
