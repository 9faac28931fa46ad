"""The child process that has FFmpeg: `python -m … '{"task": …}'`, with the input on stdin and the result on stdout.

PyAV's wheel bundles libraries under the GPL (docs/licences.md), so nothing else of the product imports it to encode.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import IO, Any, Final

import av
import numpy as np
from av.container import InputContainer, OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from av.video.stream import VideoStream

MS: Final = Fraction(1, 1000)
VP9: Final = "libvpx-vp9"
"""FFmpeg's own decoder of VP9 leaves the alpha out without a word."""
BT709: Final = 1
SETTINGS: Final = {"b": "0", "deadline": "good", "cpu-used": "2", "auto-alt-ref": "0", "row-mt": "0"}
"""Constant quality; frames that are never shown cannot have alpha."""
ACCURATE: Final = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


def encode(pictures: IO[bytes], file: IO[bytes], job: dict[str, Any]) -> None:
    """Read raw RGBA frames from `pictures` and write them as WebM."""
    delays: list[int] = job["delays_ms"]
    starts = [sum(delays[:index]) for index in range(len(delays))]
    lasting = dict(zip(starts, delays, strict=True))
    with av.open(file, "w", format="webm") as container:
        stream = _add_stream(container, job, Fraction(1000 * len(delays), sum(delays)))
        for packet in _packets(pictures, stream, job, starts):
            packet.duration = lasting[packet.pts or 0]
            container.mux(packet)


def _add_stream(container: OutputContainer, job: dict[str, Any], rate: Fraction) -> VideoStream:
    options = SETTINGS | {"crf": str(job["crf"])}
    stream = container.add_stream(VP9, rate=rate.limit_denominator(1001), options=options)
    stream.width, stream.height, stream.pix_fmt = job["width"], job["height"], "yuva420p"
    stream.time_base = stream.codec_context.time_base = MS
    stream.codec_context.thread_count = 1
    stream.codec_context.colorspace = Colorspace.ITU709
    stream.codec_context.color_range = ColorRange.MPEG
    stream.codec_context.color_primaries = stream.codec_context.color_trc = BT709
    return stream


def _packets(
    pictures: IO[bytes], stream: VideoStream, job: dict[str, Any], starts: Sequence[int]
) -> Iterator[av.Packet[Any]]:
    width, height = job["width"], job["height"]
    for start in starts:
        raw = np.frombuffer(pictures.read(width * height * 4), np.uint8).reshape(height, width, 4)
        frame = av.VideoFrame.from_ndarray(raw, format="rgba").reformat(
            format="yuva420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=ACCURATE,
        )
        frame.pts, frame.time_base = start, MS
        yield from stream.encode(frame)
    yield from stream.encode(None)


def decode(file: IO[bytes], pictures: IO[bytes]) -> None:
    """Decode a WebM: a line of JSON with what it is, then its frames as raw RGBA."""
    with av.open(file, "r", format="webm") as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        found = _describe(container, stream, packets)
        pictures.write(json.dumps(found).encode() + b"\n")
        decoder = VideoCodecContext.create(VP9, "r")
        decoder.thread_count = 1
        for packet in [*packets, None]:
            for frame in decoder.decode(packet):
                shown = frame.reformat(format="rgba", interpolation=ACCURATE)
                pictures.write(shown.to_ndarray().tobytes())


def _describe(container: InputContainer, stream: VideoStream, packets: Sequence[av.Packet[Any]]) -> dict[str, Any]:
    base = stream.time_base or MS
    starts = [round((packet.pts or 0) * base * 1000) for packet in packets]
    ends = [*starts[1:], starts[-1] + round((packets[-1].duration or 0) * base * 1000)]
    tags = {name.lower(): value for name, value in stream.metadata.items()}
    return {
        "codec": stream.codec_context.codec.canonical_name,
        "has_alpha": tags.get("alpha_mode") == "1",
        "has_sound": len(container.streams) > 1,
        "width": stream.codec_context.width,
        "height": stream.codec_context.height,
        "delays_ms": [end - start for start, end in zip(starts, ends, strict=True)],
    }


if __name__ == "__main__":
    job = json.loads(sys.argv[1])
    if job["task"] == "encode":
        encode(sys.stdin.buffer, sys.stdout.buffer, job)
    else:
        decode(sys.stdin.buffer, sys.stdout.buffer)
