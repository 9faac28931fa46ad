"""Ways to be rude to a worker, the same ones each time: JSON of no shape, base64 that is none, broken pictures."""

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
    """`count` values for a job's `input`."""
    dice = random.Random(seed)
    kinds: list[Callable[[random.Random], Any]] = [any_json, half_valid_request, image_request, image_request]
    for _ in range(count):
        yield dice.choice(kinds)(dice)


def any_json(dice: random.Random, depth: int = 4) -> Any:
    """Any JSON value; a parser lets NaN, infinity, huge integers and lone surrogates through too."""
    plain = [
        None, True, False, 0, -1, 1e308, float("nan"), float("inf"), 10**400, "", "rembg", "\ud800", "\x00", "☃" * 9,
        "image", "A" * dice.randrange(2_000),
    ]  # fmt: skip
    if depth == 0 or dice.random() < 0.5:
        return dice.choice(plain)
    if dice.random() < 0.5:
        return [any_json(dice, depth - 1) for _ in range(dice.randrange(4))]
    names = ("task", "image", "images", "params", "prompts", "frame", "points", "box", "zoom", "\ud800")
    return {dice.choice(names): any_json(dice, depth - 1) for _ in range(dice.randrange(5))}


def half_valid_request(dice: random.Random) -> dict[str, Any]:
    """The right keys with some right values."""
    made: dict[str, Any] = {"task": dice.choice(TASKS)}
    if dice.random() < 0.6:
        made["image"] = dice.choice([base64_of(damaged_image(dice)), any_json(dice, 1), damaged_base64(dice)])
    if dice.random() < 0.6:
        made["images"] = dice.choice(
            [[base64_of(damaged_image(dice))] * dice.choice([0, 1, 3, 61]), any_json(dice, 2)]
        )
    if dice.random() < 0.6:
        made["params"] = dice.choice([{}, {"prompts": any_json(dice, 3)}, any_json(dice, 2)])
    return made


def image_request(dice: random.Random) -> dict[str, Any]:
    """A request of the right shape around pictures of every kind."""
    frames = dice.choice([1, 1, 1, 2, 5])
    made: dict[str, Any] = {"task": dice.choice(["rembg", "birefnet", "sam", "sam_clip"])}
    if made["task"] == "sam_clip":
        made["params"] = {"prompts": [{"frame": dice.randrange(-1, frames + 1), "points": any_json(dice, 2)}]}
    if frames == 1 and dice.random() < 0.5:
        return made | {"image": base64_of(damaged_image(dice))}
    return made | {"images": [base64_of(damaged_image(dice)) for _ in range(frames)]}


def damaged_base64(dice: random.Random) -> str:
    """Base64 with a wound."""
    text = base64_of(damaged_image(dice))
    place = dice.randrange(max(1, len(text)))
    return text[:place] + dice.choice(["=", "\n", " ", "é", "-_", "\x00", ""]) + text[place + 1 :]


def damaged_image(dice: random.Random) -> bytes:
    """Bytes that are a picture, were one, or say that they are."""
    content = dice.choice(MAKERS)(dice)
    fate = dice.random()
    if fate < 0.5:
        return content
    if fate < 0.7:
        return content[: dice.randrange(len(content) + 1)]
    wounded = bytearray(content)
    for _ in range(dice.randrange(1, 12)):
        if wounded:
            wounded[dice.randrange(len(wounded))] = dice.randrange(256)
    return bytes(wounded)


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def valid_png(dice: random.Random) -> bytes:
    mode = dice.choice(["RGB", "L", "RGBA", "LA", "P", "1"])
    size = dice.choice([(1, 1), (16, 9), (1, 300), (64, 64)])
    return encoded(noise(dice, *size).convert(mode))


def valid_jpeg(dice: random.Random) -> bytes:
    return encoded(noise(dice, 40, 30).convert(dice.choice(["RGB", "L", "CMYK"])), "JPEG")


def sixteen_bit_grey(dice: random.Random) -> bytes:
    return encoded(Image.fromarray(np.full((9, 9), dice.randrange(65_536), np.uint16)))


def animated_image(dice: random.Random) -> bytes:
    target = io.BytesIO()
    kind = dice.choice(["PNG", "WEBP", "GIF"])
    noise(dice, 20, 20).save(target, kind, save_all=True, append_images=[noise(dice, 20, 20)] * 3, duration=50)
    return target.getvalue()


def other_format(dice: random.Random) -> bytes:
    made = [encoded(noise(dice, 9, 9), kind) for kind in ("BMP", "TIFF", "GIF", "PPM", "ICO")]
    lies = [b"%PDF-1.7\n", b"<svg onload=alert(1)/>", b"\x7fELF", b"PK\x03\x04", b"", b"\x00" * 40]
    return dice.choice([*made, *lies])


def oversized_header(dice: random.Random) -> bytes:
    """A header that declares more pixels than there are bytes for."""
    width, height = dice.choice([(2_049, 2_048), (60_000, 60_000), (2**31 - 1, 2**31 - 1), (0, 5), (2_048, 2_048)])
    jpeg = bytearray(encoded(noise(dice, 40, 30), "JPEG"))
    place = jpeg.index(b"\xff\xc0") + 5
    jpeg[place : place + 4] = struct.pack(">HH", height & 0xFFFF, width & 0xFFFF)
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (16_382).to_bytes(3, "little") * 2
    webp = b"RIFF" + struct.pack("<I", 4 + len(canvas)) + b"WEBP" + canvas
    return dice.choice([png(width, height), bytes(jpeg), webp])


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of these chunks after a header of this size, every checksum right."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", header), *chunks, (b"IDAT", zlib.compress(b"\x00" * 99)), (b"IEND", b""))
    )


def decompression_bomb(dice: random.Random) -> bytes:
    """Text and colour profiles that unpack to hundreds of times their size."""
    chunks = [(b"zTXt", b"Comment\x00\x00" + BOMB), (b"iCCP", b"p\x00\x00" + BOMB), (b"tRNS", b"\x00" * 9)]
    return png(8, 8, dice.choice(chunks))


def noise(dice: random.Random, width: int, height: int) -> Image.Image:
    pixels = np.frombuffer(dice.randbytes(width * height * 3), np.uint8)
    return Image.fromarray(pixels.reshape(height, width, 3))


MAKERS: tuple[Callable[[random.Random], bytes], ...] = (
    valid_png, valid_jpeg, sixteen_bit_grey, animated_image, other_format, oversized_header, decompression_bomb,
)  # fmt: skip
