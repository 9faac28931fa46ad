"""The child process that has FFmpeg: a line of JSON in, `{"task": …}`, and one out, until its input ends.

PyAV's wheel bundles libraries under the GPL (docs/licences.md), so nothing else of the product imports it to encode.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import IO, Any, Final

import av
import numpy as np
from av.container import InputContainer, OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from av.video.stream import VideoStream

MS: Final = Fraction(1, 1000)
FORMAT: Final = "yuva420p"
VP9: Final = "libvpx-vp9"
"""FFmpeg's own decoder of VP9 leaves the alpha out without a word."""
BT709: Final = 1
SETTINGS: Final = {"b": "0", "deadline": "good", "cpu-used": "3", "auto-alt-ref": "0", "lag-in-frames": "0"}
"""Constant quality. Frames that are never shown cannot have alpha; without them, to look ahead only takes memory."""
ACCURATE: Final = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


def main() -> None:
    """Do job after job. One that fails ends the process: nothing is known of what it leaves behind."""
    prepared = PreparedFrames()
    for line in sys.stdin:
        job = json.loads(line)
        answer: dict[str, Any] = {}
        if job["task"] == "prepare":
            prepared = prepare(job)
        elif job["task"] == "encode":
            encode(prepared, job)
        else:
            prepared = PreparedFrames()
            answer = decode(job)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


@dataclass
class PreparedFrames:
    """Frames of one size, ready to be encoded: the planes of each, one after the other, in a file."""

    width: int = 0
    height: int = 0
    count: int = 0
    planes: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

    def frames(self) -> Iterator[av.VideoFrame]:
        """Yield the frames, one by one: sixty of 512 px weigh 39 MB."""
        self.planes.seek(0)
        for _ in range(self.count):
            frame = av.VideoFrame(self.width, self.height, FORMAT)
            for plane in frame.planes:
                plane.update(self.planes.read(plane.buffer_size))
            yield frame


def prepare(job: dict[str, Any]) -> PreparedFrames:
    """Read raw RGBA frames from the file `pictures`, and keep them in the encoder's colours."""
    prepared = PreparedFrames(job["width"], job["height"])
    shape = prepared.height, prepared.width, 4
    with Path(job["pictures"]).open("rb") as pictures:
        while picture := pictures.read(math.prod(shape)):
            for plane in _converted(np.frombuffer(picture, np.uint8).reshape(shape)).planes:
                prepared.planes.write(plane)
            prepared.count += 1
    return prepared


def _converted(picture: np.ndarray[Any, Any]) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(picture, format="rgba").reformat(
        format=FORMAT,
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation=ACCURATE,
    )


def encode(prepared: PreparedFrames, job: dict[str, Any]) -> None:
    """Write what is prepared as WebM to `file`."""
    delays: list[int] = job["delays_ms"]
    starts = [sum(delays[:index]) for index in range(len(delays))]
    lasting = dict(zip(starts, delays, strict=True))
    with av.open(job["file"], "w", format="webm") as container:
        stream = _add_stream(container, prepared, job["crf"], Fraction(1000 * len(delays), sum(delays)))
        for packet in _packets(stream, prepared.frames(), starts):
            packet.duration = lasting[packet.pts or 0]
            container.mux(packet)


def _add_stream(container: OutputContainer, prepared: PreparedFrames, crf: int, rate: Fraction) -> VideoStream:
    stream = container.add_stream(VP9, rate=rate.limit_denominator(1001), options=SETTINGS | {"crf": str(crf)})
    stream.width, stream.height, stream.pix_fmt = prepared.width, prepared.height, FORMAT
    stream.time_base = stream.codec_context.time_base = MS
    stream.codec_context.thread_count = 1
    stream.codec_context.colorspace = Colorspace.ITU709
    stream.codec_context.color_range = ColorRange.MPEG
    stream.codec_context.color_primaries = stream.codec_context.color_trc = BT709
    return stream


def _packets(stream: VideoStream, frames: Iterable[av.VideoFrame], starts: Sequence[int]) -> Iterator[av.Packet[Any]]:
    for frame, start in zip(frames, starts, strict=True):
        frame.pts, frame.time_base = start, MS
        yield from stream.encode(frame)
    yield from stream.encode(None)


def decode(job: dict[str, Any]) -> dict[str, Any]:
    """Decode the WebM `file` to raw RGBA frames in `pictures`, and say what it is."""
    with av.open(job["file"], "r", format="webm") as container, Path(job["pictures"]).open("wb") as pictures:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        decoder = VideoCodecContext.create(VP9, "r")
        decoder.thread_count = 1
        for packet in [*packets, None]:
            for frame in decoder.decode(packet):
                shown = frame.reformat(format="rgba", interpolation=ACCURATE)
                pictures.write(shown.to_ndarray().tobytes())
        return _describe(container, stream, packets)


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
    main()
