"""Twenty people who send large photos at once: what they are answered, and the memory that this takes."""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

import httpx
import numpy as np
from PIL import Image

from tests.bench.load.costs import decoder_megabytes
from tests.stack.product import PHOTO, Person, Product

SENDERS: Final = 20
EVERY_S: Final = 0.1
LARGE: Final = range(10_000_000, 20_000_000)
KINDS: Final = (
    ("JPEG", (5600, 4200), {"quality": 95, "subsampling": 0}),
    ("JPEG", (6400, 4800), {"quality": 97, "progressive": True}),
    ("WEBP", (5600, 4200), {"quality": 98, "method": 0}),
    ("PNG", (3400, 2550), {"compress_level": 1}),
)
"""There is no encoder of HEIC at hand."""


def large_photos() -> list[bytes]:
    """Return photos of 10 to 19 MB, with the grain of a camera, as each of the kinds."""
    return [_photo(kind, size, options) for kind, size, options in KINDS]


def _photo(kind: str, size: tuple[int, int], options: Mapping[str, object]) -> bytes:
    with Image.open(PHOTO / "cat.jpg") as small:
        pixels = np.asarray(small.convert("RGB").resize(size, Image.Resampling.BICUBIC), np.int16)
    grain = np.random.default_rng(1).normal(0, 5, (*pixels.shape[:2], 1)).astype(np.int16)
    colours = np.random.default_rng(2).normal(0, 3, pixels.shape).astype(np.int16)
    kept = io.BytesIO()
    Image.fromarray(np.clip(pixels + grain + colours, 0, 255).astype(np.uint8)).save(kept, kind, **options)
    assert len(kept.getvalue()) in LARGE, f"{kind} of {len(kept.getvalue())} bytes"
    return kept.getvalue()


def send_large_photos(product: Product) -> tuple[list[float], str]:
    """Return the seconds of each upload, and a line on the answers and the most that all decoders took together."""
    photos, people = large_photos(), [product.person() for _ in range(SENDERS)]
    with ThreadPoolExecutor(SENDERS) as senders, sampled_decoders(product) as megabytes:
        answers = list(senders.map(_send, people, photos * (SENDERS // len(photos))))
    unexplained = [one for one in answers if one.status_code != 201 and "Retry-After" not in one.headers]
    assert not unexplained, [(one.status_code, one.text) for one in unexplained]
    counts = Counter(answer.status_code for answer in answers)
    said = ", ".join(f"{count} × {status}" for status, count in sorted(counts.items()))
    return [one.elapsed.total_seconds() for one in answers], f"{said}; decoders {max(megabytes):.0f} MB together"


def _send(person: Person, photo: bytes) -> httpx.Response:
    fields = {"start": "false", "prompt": "bounce"}
    return person.http.post("projects/", data=fields, files={"source": ("a.jpg", photo)}, timeout=120)


@contextmanager
def sampled_decoders(product: Product) -> Iterator[list[float]]:
    """Yield a list, and add to it ten times a second the megabytes of all decoders of uploads."""
    found, done = [0.0], threading.Event()

    def sample() -> None:
        while not done.wait(EVERY_S):
            found.append(decoder_megabytes(product.process.pid))

    sampling = threading.Thread(target=sample)
    sampling.start()
    try:
        yield found
    finally:
        done.set()
        sampling.join()
