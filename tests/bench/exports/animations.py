"""Thirty animations of seven kinds, always the same: what people make emoji of, hard and easy to pack.

The photos come with scikit-image, in the GPU worker's environment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Frame
from tests.bench.mattes.images import read_photo

Plane = npt.NDArray[np.float32]
PART: Final = 0.84
"""Of the canvas: how far the subject reaches at rest."""


@dataclass(frozen=True)
class Animation:
    """`count` frames of `side` px, each `delay_ms` long; `name` says all three."""

    kind: str
    count: int
    side: int
    delay_ms: int

    @property
    def name(self) -> str:
        return f"{self.kind} {self.count}×{self.side}"

    @property
    def delays_ms(self) -> list[int]:
        return [self.delay_ms] * self.count

    def frames(self) -> list[Frame]:
        """Draw the frames, H×W×4 straight RGBA."""
        return [DRAWN[self.kind](self.side, number / self.count) for number in range(self.count)]


def moved(drawing: Frame, side: int, at: float) -> Frame:
    """Draw a subject that sways, hops and squashes once as `at` goes from 0 to 1."""
    turn = 2 * np.pi * at
    angle, hop, squash = 0.14 * np.sin(turn), 0.05 * np.sin(2 * turn), 1 + 0.07 * np.cos(2 * turn)
    scale = side * PART / max(drawing.shape[:2])
    rotate = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    part = rotate @ np.diag([scale / squash, scale * squash])
    middle = np.array([drawing.shape[1], drawing.shape[0]]) / 2
    place = np.array([side / 2, side * (0.5 + hop)]) - part @ middle
    return warped(drawing, np.column_stack([part, place]), side)


def warped(drawing: Frame, matrix: npt.NDArray[np.float64], side: int) -> Frame:
    """Move premultiplied colours by `matrix`, four samples a pixel each way, and lay them out straight again."""
    part = drawing[..., 3:].astype(np.float32) / 255
    mixed = np.dstack([drawing[..., :3] * part, drawing[..., 3].astype(np.float32)])
    large = cv2.warpAffine(mixed, 2 * matrix, (2 * side, 2 * side), flags=cv2.INTER_CUBIC)
    small = np.clip(cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA), 0, 255)
    alpha = np.rint(small[..., 3:])
    straight = np.where(alpha > 0, small[..., :3] * 255 / np.maximum(small[..., 3:], 0.5), 0)
    return np.dstack([np.rint(np.clip(straight, 0, 255)), alpha]).astype(np.uint8)


def disc(side: int, radius: float, soft: float = 1) -> Plane:
    """Return alpha from 0 to 1 of a disc in the middle of `side` × `side`, `radius` a share of it."""
    ys, xs = np.mgrid[:side, :side].astype(np.float32)
    away = np.hypot(xs - side / 2 + 0.5, ys - side / 2 + 0.5)
    return np.asarray(np.clip((radius * side - away) / soft + 0.5, 0, 1), np.float32)


def painted(colour: npt.NDArray[np.float32], alpha: Plane) -> Frame:
    return np.dstack([np.clip(colour, 0, 255), 255 * alpha]).round().astype(np.uint8)


def shrunk(canvas: Frame) -> Frame:
    """Return a drawing of 1024 px at 512, so that its edges are soft."""
    return np.asarray(cv2.resize(canvas, (512, 512), interpolation=cv2.INTER_AREA), np.uint8)


@cache
def photo_cut_out() -> Frame:
    """Return a cat's head, cut out of a photo."""
    face = read_photo("chelsea.png")[0:300, 60:400]
    face = cv2.resize(face, (512, 452), interpolation=cv2.INTER_CUBIC)
    face = cv2.copyMakeBorder(face, 30, 30, 0, 0, cv2.BORDER_REPLICATE)
    return painted(face.astype(np.float32), disc(512, 0.46, 3))


@cache
def cartoon() -> Frame:
    """Return a drawn face of flat colours with dark outlines."""
    canvas = np.zeros((1024, 1024, 4), np.uint8)
    line = (60, 30, 20, 255)
    for x in (250, 774):
        cv2.circle(canvas, (x, 240), 150, line, -1, cv2.LINE_AA)
        cv2.circle(canvas, (x, 240), 125, (240, 150, 90, 255), -1, cv2.LINE_AA)
    cv2.circle(canvas, (512, 540), 450, line, -1, cv2.LINE_AA)
    cv2.circle(canvas, (512, 540), 420, (255, 190, 80, 255), -1, cv2.LINE_AA)
    cv2.ellipse(canvas, (512, 640), (260, 200), 0, 0, 180, (140, 30, 40, 255), -1, cv2.LINE_AA)
    cv2.ellipse(canvas, (512, 740), (150, 80), 0, 0, 360, (250, 110, 120, 255), -1, cv2.LINE_AA)
    for x in (350, 674):
        cv2.ellipse(canvas, (x, 430), (70, 100), 0, 0, 360, (255, 255, 255, 255), -1, cv2.LINE_AA)
        cv2.circle(canvas, (x + 10, 450), 45, line, -1, cv2.LINE_AA)
    cv2.circle(canvas, (200, 620), 60, (250, 130, 110, 255), -1, cv2.LINE_AA)
    return shrunk(canvas)


@cache
def hair() -> Frame:
    """Return a face in a mane of fine strands, each of a colour and an alpha of its own."""
    random, side = np.random.default_rng(11), 1024
    colour = np.full((side, side, 3), (120, 80, 40), np.float32)
    alpha = np.zeros((side, side), np.float32)
    for _ in range(900):
        angle, reach, bend = random.uniform(0, 2 * np.pi), random.uniform(0.36, 0.48), random.normal(0, 0.25)
        along = np.linspace(0.2, reach, 12)
        turned = angle + bend * (along - 0.2) / 0.28
        points = side * (0.5 + np.column_stack([along * np.cos(turned), along * np.sin(turned)]))
        strand = np.zeros((side, side), np.uint8)
        cv2.polylines(strand, [np.rint(points * 16).astype(np.int32)], False, 255, 2, cv2.LINE_AA, 4)
        part = strand.astype(np.float32) / 255 * random.uniform(0.5, 1)
        tone = np.array((150, 95, 45)) * random.uniform(0.4, 1.4)
        colour += (tone - colour) * part[..., None]
        alpha = np.maximum(alpha, part)
    face = disc(side, 0.27, 3)
    colour += (np.array((235, 190, 150)) - colour) * face[..., None]
    for x in (430, 594):
        cv2.circle(colour, (x, 470), 28, (50, 30, 20), -1, cv2.LINE_AA)
    return shrunk(painted(colour, np.maximum(alpha, face)))


@cache
def gradient() -> Frame:
    """Return a glossy ball of smooth colours."""
    ys, xs = np.mgrid[:512, :512].astype(np.float32) / 512
    light = np.exp(-((xs - 0.35) ** 2 + (ys - 0.3) ** 2) / 0.06)
    colour = np.dstack([60 + 180 * xs + 90 * light, 40 + 110 * ys + 150 * light, 220 - 150 * ys + 60 * light])
    return painted(colour, disc(512, 0.46, 1.5))


@cache
def words() -> Frame:
    """Return two words in two colours."""
    alpha, colour = np.zeros((512, 512), np.uint8), np.full((512, 512, 3), (30, 70, 220), np.float32)
    cv2.putText(alpha, "ship", (30, 240), cv2.FONT_HERSHEY_DUPLEX, 5.6, 255, 22, cv2.LINE_AA)
    cv2.putText(alpha, "it!", (110, 460), cv2.FONT_HERSHEY_DUPLEX, 6.4, 255, 24, cv2.LINE_AA)
    colour[280:] = (220, 40, 80)
    return painted(colour, np.asarray(alpha / 255, np.float32))


@cache
def glowing() -> Frame:
    """Return a bright core in a wide glow."""
    core, ys = disc(512, 0.14, 3), np.mgrid[:512, :512][0].astype(np.float32) / 512
    glow = cv2.GaussianBlur(disc(512, 0.3, 60), (0, 0), 40)
    full = np.full((512, 512), 255)
    colour = np.asarray(np.dstack([full, 140 + 100 * core + 40 * ys, 60 + 190 * core]), np.float32)
    return painted(colour, np.maximum(core, 0.85 * glow))


def pixel_art(side: int, at: float) -> Frame:
    """Draw a ghost of 16 px that hops by whole pixels."""
    art = np.zeros((16, 16, 4), np.uint8)
    top = 1 + abs(2 - round(4 * at) % 4)
    art[top : top + 12, 3:13] = (90, 60, 150, 255)
    art[top + 1 : top + 11, 4:12] = (180, 150, 255, 255)
    art[top + 3 : top + 5, 5:7] = art[top + 3 : top + 5, 9:11] = (255, 255, 255, 255)
    art[top + 4, 6 - round(at)] = art[top + 4, 10 - round(at)] = (20, 20, 40, 255)
    art[top + 11, [4, 7, 8, 11]] = (0, 0, 0, 0)
    return np.kron(art, np.ones((side // 16, side // 16, 1), np.uint8))


def of(subject: Callable[[], Frame]) -> Callable[[int, float], Frame]:
    return lambda side, at: moved(subject(), side, at)


DRAWN: Final[dict[str, Callable[[int, float], Frame]]] = {
    "photo": of(photo_cut_out),
    "cartoon": of(cartoon),
    "hair": of(hair),
    "gradient": of(gradient),
    "text": of(words),
    "glow": of(glowing),
    "pixel art": pixel_art,
}

# The platforms on which the same frames are given to the peers, too.
BESIDE: Final[dict[Animation, tuple[str, ...]]] = {
    Animation("photo", 30, 512, 80): ("telegram_sticker", "whatsapp"),
    Animation("photo", 60, 512, 50): ("whatsapp",),
    Animation("photo", 12, 128, 80): ("slack", "discord_emoji"),
    Animation("photo", 30, 320, 60): ("discord_sticker",),
    Animation("photo", 24, 256, 80): ("slack",),
    Animation("cartoon", 30, 512, 80): ("telegram_sticker", "whatsapp"),
    Animation("cartoon", 12, 128, 80): ("slack",),
    Animation("cartoon", 48, 256, 50): ("discord_emoji",),
    Animation("cartoon", 6, 64, 120): ("discord_sticker",),
    Animation("cartoon", 30, 320, 80): ("discord_sticker",),
    Animation("hair", 30, 512, 80): ("telegram_sticker",),
    Animation("hair", 12, 128, 80): ("slack", "telegram_emoji"),
    Animation("hair", 24, 256, 80): ("discord_emoji",),
    Animation("hair", 20, 320, 100): ("discord_sticker",),
    Animation("gradient", 30, 512, 80): ("whatsapp",),
    Animation("gradient", 30, 128, 80): ("slack", "discord_emoji"),
    Animation("gradient", 16, 256, 80): ("telegram_emoji",),
    Animation("gradient", 60, 180, 40): ("slack",),
    Animation("text", 12, 128, 80): ("slack",),
    Animation("text", 30, 512, 80): ("telegram_sticker",),
    Animation("text", 24, 256, 80): ("discord_emoji",),
    Animation("text", 6, 100, 120): ("telegram_emoji",),
    Animation("pixel art", 8, 64, 120): ("slack",),
    Animation("pixel art", 16, 128, 80): ("slack", "discord_emoji"),
    Animation("pixel art", 24, 256, 80): ("slack",),
    Animation("pixel art", 12, 512, 80): ("whatsapp",),
    Animation("glow", 30, 512, 80): ("telegram_sticker", "whatsapp"),
    Animation("glow", 12, 128, 80): ("slack",),
    Animation("glow", 24, 256, 80): ("discord_emoji",),
    Animation("glow", 60, 100, 40): ("telegram_emoji",),
}
