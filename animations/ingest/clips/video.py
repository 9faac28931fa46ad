"""Read MP4, MOV and WebM by FFmpeg (PyAV): when each frame is shown, and what it shows. Sound is never opened.

PyAV is loaded by the decoding child, there only for a video or a HEIC that moves, and by the child that encodes WebM.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median_low
from typing import Any, Final, cast

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.sidedata.sidedata import Type as SideData
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
from av.video.stream import VideoStream
from PIL import Image

from animations.ingest.colour.profiles import profile_of_code_points
from animations.ingest.dimensions import MAX_CLIP_FRAMES
from animations.ingest.errors import UnsupportedFile

CODECS: Final = ("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mjpeg", "prores", "qtrle", "png")
"""FFmpeg knows hundreds more, and each is a way in for a hostile file."""
WITH_ALPHA: Final = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""FFmpeg's own decoders of these leave the alpha out without a word."""
HIGH_DEFINITION: Final = 720
"""Rows from which on a video that does not name its colours is taken for BT.709, as players do."""
ACCURATE: Final = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
"""FFmpeg's quick way makes 10-bit colours two levels too dark, and edges between colours coarse."""
DEFAULT_FRAME_MS: Final = 40
DAMAGED: Final = "This video is damaged or cut short and cannot be opened."
FORMATS: Final = {"heic": "mov"}
"""FFmpeg's names of containers, where they are not ours."""
OPTIONS: Final = {"protocol_whitelist": "file"}
DISPLAY_TRANSPOSES: Final = {
    (1, 0, 0, 1): None,
    (-1, 0, 0, 1): Image.Transpose.FLIP_LEFT_RIGHT,
    (1, 0, 0, -1): Image.Transpose.FLIP_TOP_BOTTOM,
    (-1, 0, 0, -1): Image.Transpose.ROTATE_180,
    (0, 1, -1, 0): Image.Transpose.ROTATE_270,
    (0, -1, 1, 0): Image.Transpose.ROTATE_90,
    (0, 1, 1, 0): Image.Transpose.TRANSPOSE,
    (0, -1, -1, 0): Image.Transpose.TRANSVERSE,
}
"""By the signs of a display matrix's a, b, c and d: x becomes a·x + c·y, and y b·x + d·y."""


@dataclass(frozen=True, slots=True)
class FramePacket:
    """A packet that becomes a frame on screen: when (`pts`, in the stream's time base), and for how long (or 0)."""

    pts: int
    duration: int
    is_key: bool


@dataclass(frozen=True, slots=True)
class Video:
    """A video's frames in the order in which they are shown. `width` × `height` px as coded, not yet turned."""

    path: Path
    kind: str
    width: int
    height: int
    time_base: Fraction
    packets: tuple[FramePacket, ...]

    @property
    def times_ms(self) -> list[int]:
        """The time at which each frame begins; the first at 0."""
        return [self._ms(packet.pts - self.packets[0].pts) for packet in self.packets]

    @property
    def length_ms(self) -> int:
        """The time at which the last frame ends: after its own duration, or the usual one if it has none."""
        durations = [packet.duration for packet in self.packets]
        usual = median_low(durations) or round(Fraction(DEFAULT_FRAME_MS, 1000) / self.time_base)
        return self._ms(self.packets[-1].pts - self.packets[0].pts + (durations[-1] or usual))

    def _ms(self, units: int) -> int:
        return round(units * self.time_base * 1000)

    def frames(self, wanted: Collection[int]) -> Iterator[tuple[int, Image.Image]]:
        """Yield each wanted frame (RGB, or RGBA where it has alpha), upright and with square pixels, in order.

        Frames that cannot be decoded are left out.
        """
        numbers = {self.packets[index].pts: index for index in wanted if index < len(self.packets)}
        if not numbers:
            return
        with _open_container(self.path, self.kind) as container:
            stream = _video_stream(container)
            self._seek(container, stream, min(numbers))
            for frame in _decode(container, stream):
                index = numbers.pop(frame.pts, None) if frame.pts is not None else None
                if index is not None:
                    yield index, _to_image(frame, stream)
                if not numbers or (frame.pts or 0) > max(numbers):
                    return

    def _seek(self, container: InputContainer, stream: VideoStream, pts: int) -> None:
        """Go to the last key frame before `pts`; a file that cannot be sought in is read from its beginning."""
        keys = [packet.pts for packet in self.packets if packet.is_key and packet.pts <= pts]
        if keys and keys[-1] > self.packets[0].pts:
            with suppress(FFmpegError):
                container.seek(keys[-1], stream=stream)


def read(path: Path, kind: str) -> Video:
    """Read when the frames of a file (mp4, mov, webm or heic) are shown, decoding none.

    Raises `UnsupportedFile`.
    """
    try:
        with _open_container(path, kind) as container:
            stream = _video_stream(container)
            context = stream.codec_context
            packets = _frame_packets(container, stream)
            time_base = stream.time_base or Fraction(1, 1000)
            return Video(path, kind, context.width, context.height, time_base, packets)
    except FFmpegError:
        raise UnsupportedFile("damaged", DAMAGED) from None


def _open_container(path: Path, kind: str) -> InputContainer:
    return av.open(str(path), format=FORMATS.get(kind, kind), options=OPTIONS, metadata_errors="ignore")


def _video_stream(container: InputContainer) -> VideoStream:
    """Return the video stream that counts the most frames, the first of equals; one thread decodes it.

    Raises `UnsupportedFile` for none, or a wrong one.
    """
    moving = [each for each in container.streams.video if not each.disposition & Disposition.attached_pic]
    if not container.streams:
        raise UnsupportedFile("damaged", DAMAGED)
    if not moving:
        raise UnsupportedFile("no_video", "There is no video in this file, only sound or text.")
    stream = max(moving, key=lambda each: each.frames)  # beside a sequence, HEIC has pictures that stand still
    if stream.codec_context is None or stream.codec_context.codec.canonical_name not in CODECS:
        raise UnsupportedFile(
            "unsupported_format", "This video has a codec that we do not read. Save it as H.264 MP4."
        )
    stream.codec_context.thread_count = 1
    return stream


def _frame_packets(container: InputContainer, stream: VideoStream) -> tuple[FramePacket, ...]:
    """List the packets that are shown; a stream that is joined in its middle begins with its first key frame."""
    packets: dict[int, FramePacket] = {}
    for packet in container.demux(stream):
        if not _is_visible(packet, stream) or (not packets and not packet.is_keyframe):
            continue
        pts = packet.pts
        assert pts is not None
        packets.setdefault(pts, FramePacket(pts, packet.duration or 0, packet.is_keyframe))
        if len(packets) > MAX_CLIP_FRAMES:
            break
    if not packets:
        raise UnsupportedFile("damaged", "This video is damaged: not one picture can be read from it.")
    first = next(iter(packets))
    return tuple(packets[pts] for pts in sorted(packets) if pts >= first)


def _is_visible(packet: Packet[VideoStream], stream: VideoStream) -> bool:
    if not packet.size or packet.pts is None or packet.is_corrupt or packet.is_discard:
        return False
    # VP8 has pictures that are never shown, in packets of their own; the fifth bit of the first byte says so.
    return stream.codec_context.codec.canonical_name != "vp8" or bool(bytes(packet)[0] & 0x10)


def _decode(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    context = _decoder(stream)
    for packet in container.demux(stream):
        with suppress(FFmpegError):  # a damaged packet costs its own frame, and those that are made of it
            yield from context.decode(packet)


def _decoder(stream: VideoStream) -> VideoCodecContext:
    tags = {name.lower(): value for name, value in stream.metadata.items()}
    name = WITH_ALPHA.get(stream.codec_context.codec.canonical_name)
    if name is None or tags.get("alpha_mode") != "1":
        return stream.codec_context
    context = cast(VideoCodecContext, VideoCodecContext.create(name, "r"))
    context.thread_count = 1
    return context


def _to_image(frame: VideoFrame, stream: VideoStream) -> Image.Image:
    mode = "RGBA" if any(component.is_alpha for component in frame.format.components) else "RGB"
    width, height = _square_pixel_size(frame, stream)
    converted = frame.reformat(
        width,
        height,
        format={"RGBA": "rgba", "RGB": "rgb24"}[mode],
        src_colorspace=_assumed_colour_space(frame),
        interpolation=ACCURATE,
        threads=1,
    )
    plane = converted.planes[0]
    picture = Image.frombytes(mode, (width, height), memoryview(plane), "raw", mode, plane.line_size)
    turn = DISPLAY_TRANSPOSES[_display_axes(frame)]
    picture = picture.transpose(turn) if turn is not None else picture
    if icc := profile_of_code_points(frame.color_primaries, frame.color_trc):
        picture.info["icc_profile"] = icc
    return picture


def _display_axes(frame: VideoFrame) -> tuple[int, int, int, int]:
    """Return where the picture's axes point on the screen, in quarter turns: a phone's camera knows no others."""
    matrix = cast("Any", frame.side_data).get(SideData.DISPLAYMATRIX)
    if matrix is None:
        return 1, 0, 0, 1
    a, b, _, c, d, *_ = struct.unpack_from("=9i", bytes(matrix))

    def sign(value: int) -> int:
        return -1 if value < 0 else 1

    return (sign(a), 0, 0, sign(d)) if abs(a) + abs(d) >= abs(b) + abs(c) else (0, sign(b), sign(c), 0)


def _square_pixel_size(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Return the size at which pixels are square; the longer side of one is made smaller."""
    ratio = stream.sample_aspect_ratio or Fraction(1)
    if not Fraction(1, 20) <= ratio <= 20:
        return frame.width, frame.height
    if ratio > 1:
        return frame.width, max(1, round(frame.height / ratio))
    return max(1, round(frame.width * ratio)), frame.height


def _assumed_colour_space(frame: VideoFrame) -> Colorspace | None:
    """Return BT.709 for a large video that names no colours; None is what the frame names, or BT.601."""
    is_unnamed = int(frame.colorspace) in (0, 2)
    is_rgb = frame.format.is_rgb
    return Colorspace.ITU709 if is_unnamed and not is_rgb and frame.height >= HIGH_DEFINITION else None
