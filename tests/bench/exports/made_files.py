"""The files of one row: the product's, sticker-convert's and Pillow's, and how each plays."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from PIL import Image, ImageSequence

from animations.encode.containers.webm.client import CLIENT
from animations.encode.fit import Fitted, fit
from animations.encode.platforms import PLATFORMS
from animations.imaging.arrays import Frame
from tests.bench.exports.animations import Animation
from tests.bench.exports.environment import run_beside
from tests.encode.second_reading.rules import RULES

PRESETS: Final = {
    "slack": "discord_emoji",
    "discord_emoji": "discord_emoji",
    "discord_sticker": "discord",
    "telegram_emoji": "telegram_emoji",
    "telegram_sticker": "telegram",
    "whatsapp": "whatsapp",
}
"""sticker-convert has none for Slack: the one of the same size and format, with Slack's bytes."""
PILLOW: Final = {"GIF": "GIF", "APNG": "PNG", "WebP": "WEBP"}


@dataclass(frozen=True)
class Made:
    """A file and the processor's seconds that it took; no bytes where none could be made."""

    data: bytes
    seconds: float


def processor_seconds() -> float:
    """Return the seconds of this process and its children so far: only those of a child that has ended count."""
    CLIENT.stop()
    return sum(os.times()[:4])


def make_ours(animation: Animation, frames: Sequence[Frame], slug: str) -> tuple[Made, Fitted]:
    """Make the product's file."""
    before = processor_seconds()
    fitted = fit(frames, animation.delays_ms, PLATFORMS[slug])
    return Made(fitted.data, processor_seconds() - before), fitted


def make_peers(animation: Animation, frames: Sequence[Frame], slug: str) -> Made:
    """Make sticker-convert's file of the same frames, handed over as an APNG without loss."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source.apng"), Path(folder, f"target.{PLATFORMS[slug].suffix}")
        first, *rest = map(Image.fromarray, frames)
        options = {"duration": animation.delay_ms, "loop": 0, "compress_level": 1}
        first.save(source, "PNG", save_all=True, append_images=rest, **options)
        try:
            result = json.loads(run_beside("peer.py", source, target, PRESETS[slug], RULES[slug].bytes))
        except subprocess.SubprocessError:
            return Made(b"", 0.0)
        return Made(Path(result["path"]).read_bytes() if result["path"] else b"", result["seconds"])


def make_pillows(animation: Animation, frames: Sequence[Frame], slug: str) -> Made | None:
    """Make Pillow's file with its defaults; None where it cannot write the format."""
    name = PILLOW.get(RULES[slug].format)
    if name is None:
        return None
    before, file = processor_seconds(), io.BytesIO()
    side = PLATFORMS[slug].pixels.target(animation.side, animation.side)
    first, *rest = [Image.fromarray(frame).resize(side) for frame in frames]
    options = {"duration": animation.delay_ms, "loop": 0} | ({"disposal": 2} if name == "GIF" else {})
    first.save(file, name, save_all=True, append_images=rest, **options)
    return Made(file.getvalue(), processor_seconds() - before)


def play(data: bytes) -> tuple[list[Frame], list[int]]:
    """Return the frames (H×W×4 straight RGBA) and their delays in ms, by Pillow or, of a WebM, by libvpx."""
    if data.startswith(b"\x1aE\xdf\xa3"):
        return _play_webm(data)
    with Image.open(io.BytesIO(data)) as image:
        shown = [
            (np.array(frame.convert("RGBA")), frame.info.get("duration", 0))
            for frame in ImageSequence.Iterator(image)
        ]
    return [frame for frame, _ in shown], [round(delay) for _, delay in shown]


def _play_webm(data: bytes) -> tuple[list[Frame], list[int]]:
    with av.open(io.BytesIO(data), "r") as file:
        stream = file.streams.video[0]
        packets = [packet for packet in file.demux(stream) if packet.size]
        starts = [round(float((packet.pts or 0) * (stream.time_base or 0)) * 1000) for packet in packets]
        decoder = VideoCodecContext.create("libvpx-vp9", "r")
        frames = [
            np.asarray(frame.to_ndarray(format="rgba"), np.uint8)
            for packet in [*packets, None]
            for frame in decoder.decode(packet)
        ]
    step = starts[1] - starts[0] if len(starts) > 1 else 0
    return frames, [*(after - before for before, after in pairwise(starts)), step]
