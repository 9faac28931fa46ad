"""`python -m gpu_worker.bench`: how many frames a second each task mattes on this machine, alone and in batches.

Trained weights are used where they are; SAM 2 is timed with random ones else, which take as long. On a CPU SAM 2 is a
small model, so that the whole table is there within two minutes: there it shows that the script runs, not what a
GPU gains, and our own code weighs more beside so small a model.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from gpu_worker.bench.rows import CLICK, Row, encoder_rows, onnx_rows, sam_rows, service_rows
from gpu_worker.bench.timer import Timer
from gpu_worker.services import birefnet_service, rembg_service, sam_weights
from gpu_worker.services.sam_clip_service import SamClipService
from gpu_worker.services.unavailable import UnavailableService

CLIP: Final = {"prompts": [{"frame": 0} | CLICK]}
CPU_SIDE: Final = 256
HEAD: Final = f"{'':<32} {'batch':>5} {'frames/s':>9} {'ratio':>7} {'own code':>9}\n"


def table_lines(seconds: float, clip_frames: int = 8) -> Iterable[Row | str]:
    """Yield the whole table line by line. Needs torch."""
    import torch  # noqa: PLC0415 it may not be installed

    from gpu_worker.services import sam_model, sam_tracker  # noqa: PLC0415 as above

    device = sam_model.choose_device()
    timer = Timer(seconds, torch.cuda.synchronize if device != "cpu" else lambda: None)
    yield device_name(device)
    with tempfile.TemporaryDirectory() as made:
        name, folder = _checkpoint(Path(made), device)
        yield name
        yield from encoder_rows(sam_model.load(folder, device), timer)
        yield from sam_rows(lambda half: sam_model.load(folder, device, half=half), timer)
        clip = SamClipService(["sam"], device, lambda _: sam_tracker.load(folder, device))
        yield from service_rows(f"sam_clip service, {device}", clip, timer, (clip_frames,), CLIP)
    for task, service in (("rembg", rembg_service.load()), ("birefnet", birefnet_service.load())):
        if isinstance(service, UnavailableService):
            yield f"{task}: {service.unavailable_reason()}"
        else:
            yield from onnx_rows(task, service, timer)


def device_name(device: str) -> str:
    """Return the GPU as its driver names it, else the processor and the threads that torch uses."""
    import torch  # noqa: PLC0415 as above

    if device != "cpu":
        return f"{torch.cuda.get_device_name(device)}, torch {torch.__version__}"
    return f"{_processor()}, {torch.get_num_threads()} threads, torch {torch.__version__}"


def _checkpoint(made: Path, device: str) -> tuple[str, Path]:
    from gpu_worker.bench import sam_random_weights  # noqa: PLC0415 as above

    if device == "cpu":
        config = sam_random_weights.small_config(CPU_SIDE)
        return f"SAM 2: a small stand-in of {CPU_SIDE}², random weights", sam_random_weights.save(made, config)
    if found := sam_weights.find_checkpoints():
        name = list(found)[-1]
        return f"SAM 2: {name}", found[name]
    return "SAM 2: as large as sam2.1-hiera-tiny, random weights", sam_random_weights.save(
        made, sam_random_weights.published_config()
    )


def _processor() -> str:
    try:
        about = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        about = []
    names = (line.partition(":")[2].strip() for line in about if line.startswith("model name"))
    return next(names, platform.machine())


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command: print the table as it grows."""
    parser = argparse.ArgumentParser(prog="python -m gpu_worker.bench", description="Frames per second by task.")
    parser.add_argument("--seconds", type=float, default=0.5, help="for each measurement (default: %(default)s)")
    arguments = parser.parse_args(argv)
    sys.stdout.write(HEAD)
    for line in table_lines(arguments.seconds):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
