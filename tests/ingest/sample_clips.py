"""Make clips that people send, and some that nobody should."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import av
from av.container import OutputContainer
from av.video.stream import VideoStream
from PIL import Image

from animations.imaging.png_chunks import SIGNATURE, pack_chunk

GREEN, RED, BLUE = (20, 160, 60), (220, 30, 30), (30, 30, 220)
CLEAR = (0, 0, 0, 0)
FINE = {"crf": "12", "b:v": "2M", "preset": "ultrafast"}
"""Of the encoders: near to the picture, and quick."""


def scenes(count: int, size: tuple[int, int] = (64, 48), background: tuple[int, ...] = GREEN) -> list[Image.Image]:
    """Draw a red square that walks to the right over a plain background, one picture a step; RGBA if it is clear."""
    made = []
    for number in range(count):
        mode = "RGBA" if len(background) == 4 else "RGB"
        image = Image.new(mode, size, background)
        left = (size[0] - 16) * number // max(1, count - 1)
        image.paste((*RED, 255)[: len(mode)], (left, 16, left + 16, 32))
        made.append(image)
    return made


def animation(pictures: Sequence[Image.Image], kind: str, delays: int | Sequence[int] = 80, **options: Any) -> bytes:
    """Encode a GIF, APNG ("PNG") or WebP. Delays in ms; pictures that are equal stay apart."""
    kept = BytesIO()
    delays = list(delays) if isinstance(delays, Sequence) else delays
    first, *rest = pictures
    first.save(kept, kind, save_all=True, append_images=rest, duration=delays, loop=0, **options)
    return kept.getvalue()


def video(
    path: Path,
    pictures: Sequence[Image.Image],
    codec: str = "libx264",
    times_ms: Sequence[int] | None = None,
    alpha: bool = False,
    ratio: Fraction | None = None,
    sound: bool = False,
) -> bytes:
    """Encode a video in the container that the path's ending names, without B-frames that would hold its end back."""
    with av.open(str(path), "w") as container:
        stream = _add_video(container, codec, {} if codec == "ffv1" else FINE)
        stream.width, stream.height = pictures[0].size
        stream.pix_fmt = "yuva420p" if alpha else "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        if ratio:
            stream.codec_context.sample_aspect_ratio = ratio
        if alpha:
            stream.metadata["alpha_mode"] = "1"
        silence = container.add_stream("aac" if path.suffix != ".webm" else "libopus", rate=48_000) if sound else None
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_bytes(picture.convert("RGBA").tobytes(), *picture.size, format="rgba")
            frame.pts, frame.time_base = times_ms[number] if times_ms else number * 40, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if silence is not None:
            _mux_silence(container, silence)
    return path.read_bytes()


def _add_video(container: OutputContainer, codec: str, options: dict[str, str]) -> VideoStream:
    return cast(VideoStream, container.add_stream(codec, rate=25, options=options))


def _mux_silence(container: Any, stream: Any) -> None:
    for number in range(10):
        frame = av.AudioFrame(format="fltp", layout="stereo", samples=1024 if stream.codec.name == "aac" else 960)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts = 48_000, number * frame.samples
        container.mux(stream.encode(frame))
    container.mux(stream.encode())


def sound_only(path: Path) -> bytes:
    with av.open(str(path), "w") as container:
        _mux_silence(container, container.add_stream("aac", rate=48_000))
    return path.read_bytes()


def turned(mp4: bytes, matrix: tuple[int, int, int, int] = (0, 1, -1, 0)) -> bytes:
    """Return the same file with a display matrix (its a, b, c, d): as a phone that was held upright writes it."""
    at = mp4.index(b"tkhd") + 4
    place = at + 4 + 20 + 16  # version and flags; times, track, length; layer, volume and what is reserved
    assert mp4[place : place + 4] == struct.pack(">i", 1 << 16)
    a, b, c, d = (value << 16 for value in matrix)
    return mp4[:place] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30) + mp4[place + 36 :]


LUMA: dict[int, tuple[float, float]] = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
"""Weights of red and blue, by H.273's matrix coefficients."""


def coded(
    path: Path,
    colours: Sequence[tuple[float, ...]],
    code: tuple[int, int, int],
    full_range: bool = False,
    size: tuple[int, int] = (64, 48),
) -> bytes:
    """Encode a 10-bit video of one frame per colour (RGB signals, 0 to 1) that names primaries, transfer, matrix."""
    with av.open(str(path), "w") as container:
        stream = _add_video(container, "libx264", {"qp": "0", "preset": "ultrafast"})
        (stream.width, stream.height), stream.pix_fmt = size, "yuv420p10le"
        for place, colour in enumerate(colours):
            frame = av.VideoFrame(*size, "yuv420p10le")
            for plane, value in zip(frame.planes, _yuv(colour, code[2], full_range), strict=True):
                plane.update(struct.pack("<H", value) * (plane.buffer_size // 2))
            for holder in (frame, stream.codec_context):
                holder.color_primaries, holder.color_trc, holder.colorspace = code
                holder.color_range = 2 if full_range else 1
            frame.pts, frame.time_base = place, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path.read_bytes()


def _yuv(colour: tuple[float, ...], matrix: int, full_range: bool) -> tuple[int, int, int]:
    """Return 10-bit luma and chroma."""
    red, green, blue = colour
    of_red, of_blue = LUMA[matrix]
    luma = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
    chroma = (blue - luma) / (2 - 2 * of_blue), (red - luma) / (2 - 2 * of_red)
    foot, height, width = (0, 1023, 1023) if full_range else (64, 876, 896)
    return round(foot + height * luma), round(512 + width * chroma[0]), round(512 + width * chroma[1])


GIF_PALETTE = bytes([*GREEN, *RED, *BLUE, 0, 0, 0])


def gif(
    size: tuple[int, int], patches: Sequence[tuple[int, int, int, int, int, int, int]], transparent: int = 3
) -> bytes:
    """Build a GIF of plain patches: (left, top, width, height, colour, disposal, delay / 10 ms).

    Colours: 0 green, 1 red, 2 blue, 3 transparent.
    """
    data = b"GIF89a" + struct.pack("<HH", *size) + b"\x91\0\0" + GIF_PALETTE
    for left, top, width, height, colour, disposal, delay in patches:
        data += b"\x21\xf9\x04" + struct.pack("<BHB", disposal << 2 | 1, delay, transparent) + b"\0"
        data += b"\x2c" + struct.pack("<4HB", left, top, width, height, 0) + _lzw(width * height, colour)
    return data + b"\x3b"


def _lzw(count: int, colour: int) -> bytes:
    """Pack `count` pixels of one colour: clear codes keep every code at three bits."""
    codes = [code for _ in range(count) for code in (4, colour)] + [5]
    bits = sum(code << 3 * place for place, code in enumerate(codes))
    packed = bits.to_bytes((3 * len(codes) + 7) // 8, "little")
    blocks = [packed[at : at + 255] for at in range(0, len(packed), 255)]
    return b"\2" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def apng(size: tuple[int, int], frames: Sequence[tuple[int, int, int, int, tuple[int, ...], int, int]]) -> bytes:
    """Build an APNG whose first picture is none of its frames: (left, top, width, height, RGBA, disposal, blending).

    Disposal: 0 keep, 1 clear, 2 restore. Blending: 0 in its place, 1 over.
    """
    parts = [(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 6, 0, 0, 0)), (b"acTL", struct.pack(">II", len(frames), 0))]
    parts.append((b"IDAT", _rows(*size, (255, 0, 255, 255))))
    number = 0
    for left, top, width, height, colour, disposal, blending in frames:
        control = struct.pack(">IIIIIHHBB", number, width, height, left, top, 8, 100, disposal, blending)
        pixels = struct.pack(">I", number + 1) + _rows(width, height, colour)
        parts += [(b"fcTL", control), (b"fdAT", pixels)]
        number += 2
    return SIGNATURE + b"".join(pack_chunk(*part) for part in [*parts, (b"IEND", b"")])


def _rows(width: int, height: int, colour: tuple[int, ...]) -> bytes:
    return zlib.compress((b"\0" + bytes(colour) * width) * height)
