"""Measure the rows of the table: each service, and SAM 2's encoder, by the size of the batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
from PIL import Image

from gpu_worker.bench.timer import ModelTimer, Timer
from gpu_worker.services.sam_service import SamService

BATCHES: Final = (1, 4, 8, 16)
SIDE: Final = 512
"""Side of the images that are matted: twice an emoji's default."""
CLICK: Final = {"points": [[SIDE // 2, SIDE // 2, 1]]}


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. `ratio` is to the first row of its kind, `own` our code's time as a part of the model's."""

    label: str
    batch: int
    frames_per_s: float
    ratio: float
    own: float | None = None

    def __str__(self) -> str:
        own = "" if self.own is None else f"{self.own:9.1%}"
        return f"{self.label:<32} {self.batch:>5} {self.frames_per_s:>9.2f} {self.ratio:>7.2f} {own}"


def sample_images(count: int, side: int = SIDE) -> list[Image.Image]:
    """Return RGB images that differ."""
    rng = np.random.default_rng(3)
    coarse = [Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)) for _ in range(count)]
    return [image.resize((side, side), Image.Resampling.BICUBIC) for image in coarse]


def encoder_rows(model: Any, timer: Timer, batches: Sequence[int] = BATCHES) -> Iterable[Row]:
    """Measure SAM 2's encoder alone, by batch; the ratio is to one by one."""
    alone = 0.0
    for batch in batches:
        rate, _ = timer.time(partial(model.embed, model.preprocess(sample_images(batch))), batch)
        alone = alone or rate
        yield Row(f"sam encoder, {_type(model)}, {model.side}²", batch, rate, rate / alone)


def sam_rows(load: Callable[[bool], Any], timer: Timer, batches: Sequence[int] = BATCHES) -> Iterable[Row]:
    """Measure the whole service by batch; the ratio is to float32 one by one, the first row.

    `load(half)` returns a `SamModel`. The service caches no embeddings here, so that every frame is encoded.
    """
    first = 0.0
    for half, sizes in ((False, (1,)), (True, batches)):
        model, clock = load(half), ModelTimer(timer.synchronize)
        clock.watch(model, "embed", "logits")
        service = SamService(["sam"], {"sam": model}.__getitem__, cache_bytes=0)
        for row in service_rows(f"sam service, {_type(model)}", service, timer, sizes, CLICK, clock):
            first = first or row.frames_per_s
            yield replace(row, ratio=row.frames_per_s / first)


def service_rows(
    what: str,
    service: Any,
    timer: Timer,
    batches: Sequence[int],
    params: dict[str, Any],
    clock: ModelTimer | None = None,
) -> Iterable[Row]:
    """Measure a whole service by the size of the pack; the ratio is to the first."""
    first = 0.0
    for batch in batches:
        rate, own = timer.time(partial(service.infer, sample_images(batch), params), batch, clock)
        first = first or rate
        yield Row(what, batch, rate, rate / first, own)


def onnx_rows(task: str, service: Any, timer: Timer, batches: Sequence[int] = BATCHES) -> Iterable[Row]:
    """Measure rembg or BiRefNet, in batches where its graph takes them and the device gains by it."""
    about = service.describe()
    clock = ModelTimer(timer.synchronize)
    clock.watch(service.network(service.models[0]), "run")
    sizes = batches if about["batch_axis_free"] and about["device"] != "cpu" else batches[:1]
    yield from service_rows(f"{task} service, {about['device']}", service, timer, sizes, {}, clock)


def _type(model: Any) -> str:
    return str(model.dtype).removeprefix("torch.")
