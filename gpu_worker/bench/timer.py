"""Time repeated work, and the part of it that a model's own methods take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

MIN_RUNS: Final = 2


@dataclass
class ModelTimer:
    """Adds up the seconds spent in a model's own methods."""

    synchronize: Callable[[], object]
    seconds: float = 0.0

    def watch(self, model: Any, *methods: str) -> None:
        """Time calls of these methods of `model` from now on."""
        for name in methods:
            setattr(model, name, self._timed(getattr(model, name)))

    def _timed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            began = time.perf_counter()
            found = method(*arguments)
            self.synchronize()
            self.seconds += time.perf_counter() - began
            return found

        return run


@dataclass(frozen=True, slots=True)
class Timer:
    """Times work for about `seconds` each; `synchronize` waits until the device has finished."""

    seconds: float
    synchronize: Callable[[], object] = lambda: None

    def time(
        self, work: Callable[[], object], frames: int, clock: ModelTimer | None = None
    ) -> tuple[float, float | None]:
        """Return the frames per second of `work`, which handles `frames`.

        With a `clock`, the second value is our own code's time as a part of the model's. One run before does not
        count.
        """
        work()
        self.synchronize()
        inside = clock.seconds if clock else 0.0
        began, runs = time.perf_counter(), 0
        while runs < MIN_RUNS or time.perf_counter() - began < self.seconds:
            work()
            self.synchronize()
            runs += 1
        took = time.perf_counter() - began
        models = clock.seconds - inside if clock else 0.0
        return runs * frames / took, (took - models) / models if models else None
