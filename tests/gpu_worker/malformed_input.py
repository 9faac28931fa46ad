"""Malformed job inputs, the same ones each time: JSON of any shape, invalid base64, broken images."""

from __future__ import annotations

import base64
import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PIL import Image

from tests.gpu_worker.sample_images import encoded

BOMB = zlib.compress(b"\x00" * 3_000_000)
TASKS = ("rembg", "sam", "birefnet", "sam_clip", "info", "Rembg", "", None, 7, ["rembg"], {"rembg": 1})


def malformed_inputs(count: int, seed: int = 7) -> Iterator[Any]:
    """Yield `count` values for a job's `input`."""
    rng = random.Random(seed)
    kinds: list[Callable[[random.Random], Any]] = [any_json, half_valid_request, image_request, image_request]
    for _ in range(count):
        yield rng.choice(kinds)(rng)


def any_json(rng: random.Random, depth: int = 4) -> Any:
    """Return any JSON value; a parser lets NaN, infinity, huge integers and lone surrogates through too."""
    plain = [
        None, True, False, 0, -1, 1e308, float("nan"), float("inf"), 10**400, "", "rembg", "\ud800", "\x00", "☃" * 9,
        "image", "A" * rng.randrange(2_000),
    ]  # fmt: skip
    if depth == 0 or rng.random() < 0.5:
        return rng.choice(plain)
    if rng.random() < 0.5:
        return [any_json(rng, depth - 1) for _ in range(rng.randrange(4))]
    names = ("task", "image", "images", "params", "prompts", "frame", "points", "box", "zoom", "\ud800")
    return {rng.choice(names): any_json(rng, depth - 1) for _ in range(rng.randrange(5))}


def half_valid_request(rng: random.Random) -> dict[str, Any]:
    """Return the right keys with some right values."""
    made: dict[str, Any] = {"task": rng.choice(TASKS)}
    if rng.random() < 0.6:
        made["image"] = rng.choice([base64_of(damaged_image(rng)), any_json(rng, 1), damaged_base64(rng)])
    if rng.random() < 0.6:
        made["images"] = rng.choice([[base64_of(damaged_image(rng))] * rng.choice([0, 1, 3, 61]), any_json(rng, 2)])
    if rng.random() < 0.6:
        made["params"] = rng.choice([{}, {"prompts": any_json(rng, 3)}, any_json(rng, 2)])
    return made


def image_request(rng: random.Random) -> dict[str, Any]:
    """Return a request of the right shape with images of every kind."""
    frames = rng.choice([1, 1, 1, 2, 5])
    made: dict[str, Any] = {"task": rng.choice(["rembg", "birefnet", "sam", "sam_clip"])}
    if made["task"] == "sam_clip":
        made["params"] = {"prompts": [{"frame": rng.randrange(-1, frames + 1), "points": any_json(rng, 2)}]}
    if frames == 1 and rng.random() < 0.5:
        return made | {"image": base64_of(damaged_image(rng))}
    return made | {"images": [base64_of(damaged_image(rng)) for _ in range(frames)]}


def damaged_base64(rng: random.Random) -> str:
    """Return base64 with one wrong character."""
    text = base64_of(damaged_image(rng))
    place = rng.randrange(max(1, len(text)))
    return text[:place] + rng.choice(["=", "\n", " ", "é", "-_", "\x00", ""]) + text[place + 1 :]


def damaged_image(rng: random.Random) -> bytes:
    """Return the bytes of an image, often cut or with some bytes changed."""
    content = rng.choice(MAKERS)(rng)
    fate = rng.random()
    if fate < 0.5:
        return content
    if fate < 0.7:
        return content[: rng.randrange(len(content) + 1)]
    damaged = bytearray(content)
    for _ in range(rng.randrange(1, 12)):
        if damaged:
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    return bytes(damaged)


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def valid_png(rng: random.Random) -> bytes:
    mode = rng.choice(["RGB", "L", "RGBA", "LA", "P", "1"])
    size = rng.choice([(1, 1), (16, 9), (1, 300), (64, 64)])
    return encoded(noise(rng, *size).convert(mode))


def valid_jpeg(rng: random.Random) -> bytes:
    return encoded(noise(rng, 40, 30).convert(rng.choice(["RGB", "L", "CMYK"])), "JPEG")


def sixteen_bit_grey(rng: random.Random) -> bytes:
    return encoded(Image.fromarray(np.full((9, 9), rng.randrange(65_536), np.uint16)))


def animated_image(rng: random.Random) -> bytes:
    target = io.BytesIO()
    kind = rng.choice(["PNG", "WEBP", "GIF"])
    noise(rng, 20, 20).save(target, kind, save_all=True, append_images=[noise(rng, 20, 20)] * 3, duration=50)
    return target.getvalue()


def other_format(rng: random.Random) -> bytes:
    made = [encoded(noise(rng, 9, 9), kind) for kind in ("BMP", "TIFF", "GIF", "PPM", "ICO")]
    lies = [b"%PDF-1.7\n", b"<svg onload=alert(1)/>", b"\x7fELF", b"PK\x03\x04", b"", b"\x00" * 40]
    return rng.choice([*made, *lies])


def oversized_header(rng: random.Random) -> bytes:
    """Return an image whose header declares more pixels than there are bytes for."""
    width, height = rng.choice([(2_049, 2_048), (60_000, 60_000), (2**31 - 1, 2**31 - 1), (0, 5), (2_048, 2_048)])
    jpeg = bytearray(encoded(noise(rng, 40, 30), "JPEG"))
    place = jpeg.index(b"\xff\xc0") + 5
    jpeg[place : place + 4] = struct.pack(">HH", height & 0xFFFF, width & 0xFFFF)
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (16_382).to_bytes(3, "little") * 2
    webp = b"RIFF" + struct.pack("<I", 4 + len(canvas)) + b"WEBP" + canvas
    return rng.choice([png(width, height), bytes(jpeg), webp])


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """Build a PNG of these chunks after a header of this size, every checksum right."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", header), *chunks, (b"IDAT", zlib.compress(b"\x00" * 99)), (b"IEND", b""))
    )


def decompression_bomb(rng: random.Random) -> bytes:
    """Return a PNG whose text and colour profile unpack to hundreds of times their size."""
    chunks = [(b"zTXt", b"Comment\x00\x00" + BOMB), (b"iCCP", b"p\x00\x00" + BOMB), (b"tRNS", b"\x00" * 9)]
    return png(8, 8, rng.choice(chunks))


def noise(rng: random.Random, width: int, height: int) -> Image.Image:
    pixels = np.frombuffer(rng.randbytes(width * height * 3), np.uint8)
    return Image.fromarray(pixels.reshape(height, width, 3))


MAKERS: tuple[Callable[[random.Random], bytes], ...] = (
    valid_png, valid_jpeg, sixteen_bit_grey, animated_image, other_format, oversized_header, decompression_bomb,
)  # fmt: skip
