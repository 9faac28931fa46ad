"""How far the making of a file has come. How often it has to be encoded is only known at the end."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from animations.imaging.arrays import Frame

PASS_SHARE: Final = 0.5
"""Of what is left, that one pass over all frames takes: so the share grows with every frame, and never reaches 1."""


class Progress:
    """The progress of one file: `show` is given the share that is done, from 0 to 1, which never falls."""

    def __init__(self, show: Callable[[float], None] = lambda _share: None) -> None:
        self._show = show
        self._done = 0.0

    def read(self, frames: Iterable[Frame], count: int) -> Iterator[Frame]:
        """Begin a pass over `frames`, of which there are `count`, and yield them one by one."""
        show = self._begin_pass()
        for number, frame in enumerate(frames, 1):
            yield frame
            show(number / count)

    def watch(self, frames: Sequence[Frame]) -> Sequence[Frame]:
        """Begin a pass over `frames`, and return them so that each counts when it is taken first."""
        return _Watched(frames, self._begin_pass())

    def _begin_pass(self) -> Callable[[float], None]:
        before, share = self._done, PASS_SHARE * (1 - self._done)

        def show(part: float) -> None:
            self._done = before + share * part
            self._show(self._done)

        return show


class _Watched(Sequence[Frame]):
    """Frames that say how many of them have been taken."""

    def __init__(self, frames: Sequence[Frame], show: Callable[[float], None]) -> None:
        self._frames, self._show, self._taken = frames, show, 0

    def __len__(self) -> int:
        return len(self._frames)

    def __getitem__(self, index: Any) -> Any:
        frame = self._frames[index]
        if index >= self._taken:
            self._taken = index + 1
            self._show(self._taken / len(self._frames))
        return frame
