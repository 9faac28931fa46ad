"""What the bytes of an exported file say of it, read by code that shares nothing with the product's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.encode.second_reading import avif, gif, png, webm, webp, zipped


@dataclass(frozen=True)
class Facts:
    """Sizes in px, times in ms; `plays` 0 is for ever, and so is None, where the container cannot say."""

    format: str
    width: int
    height: int
    delays_ms: tuple[int, ...]
    plays: int | None = None

    @property
    def play_ms(self) -> int:
        """How long one play takes."""
        return sum(self.delays_ms)


READERS: dict[bytes, tuple[str, Callable[[bytes], tuple[int, int, list[int], int | None]]]] = {
    b"GIF89a": ("GIF", gif.read),
    b"\x89PNG\r\n\x1a\n": ("APNG", png.read),
    b"RIFF": ("WebP", webp.read),
    b"\x1aE\xdf\xa3": ("WebM", webm.read),
    b"PK\x03\x04": ("PNG ZIP", zipped.read),
}


def read_facts(data: bytes) -> Facts:
    """Read the facts of a file. Raises `AssertionError` or `ValueError` for one that is broken."""
    for signature, (name, read) in READERS.items():
        if data.startswith(signature):
            width, height, delays, plays = read(data)
            return Facts(name, width, height, tuple(delays), plays)
    assert data[4:8] == b"ftyp"
    width, height, delays, plays = avif.read(data)
    return Facts("AVIF", width, height, tuple(delays), plays)
