"""Seconds of repeated work, and how many of them a model's own methods take."""

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
        """From now on calls of these methods of `model` are timed."""
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
    """Times work for about `seconds` each; `settle` waits until the device has done what it was given."""

    seconds: float
    synchronize: Callable[[], object] = lambda: None

    def time(
        self, work: Callable[[], object], frames: int, clock: ModelTimer | None = None
    ) -> tuple[float, float | None]:
        """Frames per second of `work`, which handles `frames`; with a `clock`, what is not the model's, as its part.

        One run before them does not count.
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
