"""A face with ears, cheeks and a foot: no two sides alike, soft edges, a hole between the ears."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from animations.motion.rendering.renderer import Renderer

Frame = npt.NDArray[np.uint8]

SHAPES = (
    ((120, 70), (26, 56), -22, (240, 176, 60)),
    ((190, 80), (24, 50), 24, (236, 160, 50)),
    ((155, 165), (105, 95), 0, (250, 205, 80)),
    ((120, 145), (14, 18), 0, (50, 40, 40)),
    ((192, 145), (14, 18), 0, (50, 40, 40)),
    ((158, 200), (44, 18), 8, (200, 50, 70)),
    ((150, 268), (80, 18), 0, (60, 120, 220)),
)


@pytest.fixture(scope="session")
def cutout() -> Frame:
    """Draw the face, 300×320×4 straight RGBA."""
    picture = np.zeros((300, 320, 4), np.uint8)
    for middle, axes, turn, colour in SHAPES:
        mask = np.zeros(picture.shape[:2], np.uint8)
        cv2.ellipse(mask, middle, axes, turn, 0, 360, 255, -1, cv2.LINE_AA)
        picture[mask > 0, :3] = colour
        picture[..., 3] = np.maximum(picture[..., 3], mask)
    return picture


@pytest.fixture(scope="session")
def small_renderer(cutout: Frame) -> Renderer:
    return Renderer(cutout, 40)


@pytest.fixture(scope="session")
def large_renderer(cutout: Frame) -> Renderer:
    return Renderer(cutout, 256)
