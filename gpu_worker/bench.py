"""How many frames a second each task mattes on this machine, alone and in batches. `python -m gpu_worker.bench`.

Trained weights are used where they are; SAM 2 is timed with random ones else, which take as long. On a CPU SAM 2 is a
small stand-in, so that the whole table is there within two minutes: there it shows that the script runs, not what a
GPU gains, and our own code weighs more beside so small a model.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from gpu_worker.services import birefnet_service, rembg_service, sam_weights
from gpu_worker.services.absent import AbsentService
from gpu_worker.services.sam_clip_service import SamClipService
from gpu_worker.services.sam_service import SamService

BATCHES: Final = (1, 4, 8, 16)
SIDE: Final = 512
"""Of the pictures that are matted: twice an emoji's default."""
CLICK: Final = {"points": [[SIDE // 2, SIDE // 2, 1]]}
CLIP: Final = {"prompts": [{"frame": 0} | CLICK]}
FEWEST: Final = 2
CPU_SIDE: Final = 256
HEAD: Final = f"{'':<32} {'batch':>5} {'frames/s':>9} {'ratio':>7} {'own code':>9}\n"


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. `ratio` is to the first row of its kind, `own` our code's time as a part of the model's."""

    what: str
    batch: int
    frames_per_s: float
    ratio: float
    own: float | None = None

    def __str__(self) -> str:
        own = "" if self.own is None else f"{self.own:9.1%}"
        return f"{self.what:<32} {self.batch:>5} {self.frames_per_s:>9.2f} {self.ratio:>7.2f} {own}"


@dataclass
class Clock:
    """Adds up the seconds spent in a model's own methods."""

    settle: Callable[[], object]
    seconds: float = 0.0

    def watch(self, model: Any, *methods: str) -> None:
        """From now on calls of these methods of `model` are timed."""
        for name in methods:
            setattr(model, name, self._timed(getattr(model, name)))

    def _timed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            began = time.perf_counter()
            found = method(*arguments)
            self.settle()
            self.seconds += time.perf_counter() - began
            return found

        return run


@dataclass(frozen=True, slots=True)
class Bench:
    """Times work for about `seconds` each; `settle` waits until the device has done what it was given."""

    seconds: float
    settle: Callable[[], object] = lambda: None

    def time(self, work: Callable[[], object], frames: int, clock: Clock | None = None) -> tuple[float, float | None]:
        """Frames per second of `work`, which handles `frames`; with a `clock`, what is not the model's, as its part.

        One run before them does not count.
        """
        work()
        self.settle()
        inside = clock.seconds if clock else 0.0
        began, runs = time.perf_counter(), 0
        while runs < FEWEST or time.perf_counter() - began < self.seconds:
            work()
            self.settle()
            runs += 1
        took = time.perf_counter() - began
        models = clock.seconds - inside if clock else 0.0
        return runs * frames / took, (took - models) / models if models else None


def pictures(count: int, side: int = SIDE) -> list[Image.Image]:
    """RGB pictures that differ."""
    dice = np.random.default_rng(3)
    coarse = [Image.fromarray(dice.integers(0, 256, (8, 8, 3), dtype=np.uint8)) for _ in range(count)]
    return [image.resize((side, side), Image.Resampling.BICUBIC) for image in coarse]


def encoder_rows(model: Any, bench: Bench, batches: Sequence[int] = BATCHES) -> Iterable[Row]:
    """SAM 2's encoder alone, the same type, size and weights, by batch; the ratio is to one by one."""
    alone = 0.0
    for batch in batches:
        rate, _ = bench.time(partial(model.embed, model.pixels(pictures(batch))), batch)
        alone = alone or rate
        yield Row(f"sam encoder, {_type(model)}, {model.side}²", batch, rate, rate / alone)


def sam_rows(load: Callable[[bool], Any], bench: Bench, batches: Sequence[int] = BATCHES) -> Iterable[Row]:
    """The whole service by batch; the ratio is to float32 one by one, the first row.

    `load(half)` gives a `SamModel`. The service keeps no embeddings here, so that every frame is encoded.
    """
    first = 0.0
    for half, sizes in ((False, (1,)), (True, batches)):
        model, clock = load(half), Clock(bench.settle)
        clock.watch(model, "embed", "logits")
        service = SamService(["sam"], {"sam": model}.__getitem__, kept_bytes=0)
        for row in service_rows(f"sam service, {_type(model)}", service, bench, sizes, CLICK, clock):
            first = first or row.frames_per_s
            yield replace(row, ratio=row.frames_per_s / first)


def service_rows(
    what: str, service: Any, bench: Bench, batches: Sequence[int], params: dict[str, Any], clock: Clock | None = None
) -> Iterable[Row]:
    """A whole service by the size of the pack; the ratio is to the first."""
    first = 0.0
    for batch in batches:
        rate, own = bench.time(partial(service.infer, pictures(batch), params), batch, clock)
        first = first or rate
        yield Row(what, batch, rate, rate / first, own)


def onnx_rows(task: str, service: Any, bench: Bench, batches: Sequence[int] = BATCHES) -> Iterable[Row]:
    """rembg or BiRefNet, in batches where its graph takes them and the device gains by it."""
    about = service.describe()
    clock = Clock(bench.settle)
    clock.watch(service.network(service.models[0]), "run")
    sizes = batches if about["batch_axis_free"] and about["device"] != "cpu" else batches[:1]
    yield from service_rows(f"{task} service, {about['device']}", service, bench, sizes, {}, clock)


def lines(seconds: float, clip_frames: int = 8) -> Iterable[Row | str]:
    """The whole table, line by line. Needs torch."""
    import torch  # type: ignore[import-not-found,unused-ignore] # noqa: PLC0415 it may not be installed

    from gpu_worker.services import sam_model, sam_tracker  # noqa: PLC0415 as above

    device = sam_model.choose_device()
    bench = Bench(seconds, torch.cuda.synchronize if device != "cpu" else lambda: None)
    yield device_name(device)
    with tempfile.TemporaryDirectory() as made:
        name, folder = _checkpoint(Path(made), device)
        yield name
        yield from encoder_rows(sam_model.load(folder, device), bench)
        yield from sam_rows(lambda half: sam_model.load(folder, device, half=half), bench)
        clip = SamClipService(["sam"], device, lambda _: sam_tracker.load(folder, device))
        yield from service_rows(f"sam_clip service, {device}", clip, bench, (clip_frames,), CLIP)
    for task, service in (("rembg", rembg_service.load()), ("birefnet", birefnet_service.load())):
        if isinstance(service, AbsentService):
            yield f"{task}: {service.unavailable()}"
        else:
            yield from onnx_rows(task, service, bench)


def device_name(device: str) -> str:
    """The GPU as its driver names it, else the processor and the threads that torch uses."""
    import torch  # type: ignore[import-not-found,unused-ignore] # noqa: PLC0415 as above

    if device != "cpu":
        return f"{torch.cuda.get_device_name(device)}, torch {torch.__version__}"
    return f"{_processor()}, {torch.get_num_threads()} threads, torch {torch.__version__}"


def _checkpoint(made: Path, device: str) -> tuple[str, Path]:
    from gpu_worker import sam_stand_in  # noqa: PLC0415 as above

    if device == "cpu":
        config = sam_stand_in.small_config(CPU_SIDE)
        return f"SAM 2: a small stand-in of {CPU_SIDE}², random weights", sam_stand_in.save(made, config)
    if found := sam_weights.find():
        name = list(found)[-1]
        return f"SAM 2: {name}", found[name]
    return "SAM 2: as large as sam2.1-hiera-tiny, random weights", sam_stand_in.save(
        made, sam_stand_in.published_config()
    )


def _type(model: Any) -> str:
    return str(model.dtype).removeprefix("torch.")


def _processor() -> str:
    try:
        about = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        about = []
    names = (line.partition(":")[2].strip() for line in about if line.startswith("model name"))
    return next(names, platform.machine())


def main(argv: Sequence[str] | None = None) -> int:
    """The command: prints the table as it grows."""
    parser = argparse.ArgumentParser(prog="python -m gpu_worker.bench", description="Frames per second by task.")
    parser.add_argument("--seconds", type=float, default=0.5, help="for each measurement (default: %(default)s)")
    wish = parser.parse_args(argv)
    sys.stdout.write(HEAD)
    for line in lines(wish.seconds):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
