"""Call the handler many times in the worker's own environment, and measure resident memory.

`python -m tests.gpu_worker.process.memory_run CALLS SETTLED [isnet]` prints {"settled_mb", "grown_mb", "seconds"}.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gpu.contract import Request
from gpu_worker.handler import Handler
from gpu_worker.services import rembg_service
from gpu_worker.services.base import Alpha, MatteService

SIDE = 512
PAGE = os.sysconf("SC_PAGE_SIZE")


class ThresholdService:
    """A matte by brightness, with the arrays that a network's input and output would need."""

    models = ("threshold",)

    def unavailable_reason(self) -> None:
        return None

    def check(self, params: dict[str, Any]) -> str:
        return "threshold"

    def batch_size(self, params: dict[str, Any]) -> int:
        return 2

    def describe(self) -> dict[str, Any]:
        return {}

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        grey = np.stack([np.asarray(image.convert("L"), np.float32) for image in images])
        return list(np.where(grey > 128, 255, grey).astype(np.uint8))


def disc_image(kind: str) -> bytes:
    """Draw a disc on a ramp, 512×512."""
    ramp = np.linspace(0, 90, SIDE, dtype=np.uint8)
    pixels = np.broadcast_to(ramp[:, None, None], (SIDE, SIDE, 3)).copy()
    y, x = np.mgrid[:SIDE, :SIDE]
    pixels[(x - 256) ** 2 + (y - 256) ** 2 < 150**2] = 230
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, kind)
    return target.getvalue()


def resident() -> int:
    """Return the bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


async def run(service: MatteService, calls: int, settled: int) -> dict[str, float]:
    handler = Handler({"rembg": service})
    one, other = disc_image("JPEG"), disc_image("PNG")
    requests = cycle(
        [
            Request("rembg", (one,), pack=False).to_input(),
            Request("rembg", (other, b"broken", one)).to_input(),
            Request("rembg", (other,), pack=False).to_input(),
            {"task": "info"},
            {"task": "rembg", "images": 3},
            Request("rembg", (b"broken",), pack=False).to_input(),
        ]
    )
    started, before = time.perf_counter(), 0
    for number in range(calls):
        if number == settled:
            before = resident()
        await handler.handle({"id": str(number), "input": next(requests)})
    grown = resident() - before
    seconds = time.perf_counter() - started
    return {"settled_mb": before / 1e6, "grown_mb": grown / 1e6, "seconds": seconds}


def main(calls: str, settled: str, model: str = "") -> None:
    service = rembg_service.load() if model == "isnet" else ThresholdService()
    sys.stdout.write(json.dumps(asyncio.run(run(service, int(calls), int(settled)))) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
