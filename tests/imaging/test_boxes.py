from __future__ import annotations

import numpy as np
import pytest

from animations.imaging.boxes import Box, align_box, box_of, crop_to, scale_box, union_box


def alpha(box: Box, level: int = 255, size: tuple[int, int] = (100, 80)) -> np.ndarray:
    found = np.zeros((size[1], size[0]), np.uint8)
    found[box[1] : box[3], box[0] : box[2]] = level
    return found


@pytest.mark.parametrize("level", [255, 100, 3])
def test_a_box_holds_what_is_visible(level: int) -> None:
    assert box_of(alpha((10, 20, 31, 42), level)) == (10, 20, 31, 42)
    assert box_of(np.maximum(alpha((10, 20, 31, 42)), np.uint8(5))) == (10, 20, 31, 42)
    assert box_of(np.zeros((80, 100), np.uint8)) is None


def test_boxes_are_joined_and_none_adds_nothing() -> None:
    assert union_box((1, 8, 4, 9), (2, 3, 9, 5)) == (1, 3, 9, 9)
    assert union_box(None, (2, 3, 9, 5)) == union_box((2, 3, 9, 5), None) == (2, 3, 9, 5)
    assert union_box(None, None) is None


def test_a_box_is_carried_to_another_size_outward() -> None:
    assert scale_box((1, 1, 3, 2), (10, 10), (10, 10)) == (1, 1, 3, 2)
    assert scale_box((1, 1, 3, 2), (10, 10), (5, 4)) == (0, 0, 2, 1)
    assert scale_box((1, 4, 3, 10), (10, 10), (20, 20)) == (0, 6, 8, 20)


def test_a_box_grows_to_whole_blocks() -> None:
    assert align_box((9, 16, 33, 47), 8) == (8, 16, 40, 48)
    assert align_box((9, 16, 33, 47), 1) == (9, 16, 33, 47)


def test_a_crop_has_a_small_margin_and_stays_on_the_canvas() -> None:
    assert crop_to((470, 480, 570, 530), (1000, 1000), 1.5) == (467, 477, 573, 533)
    assert crop_to((0, 0, 100, 100), (1000, 1000), 1.5) == (0, 0, 103, 103)
    assert crop_to((990, 990, 1000, 1000), (1000, 1000), 1.5) == (984, 984, 1000, 1000)


def test_a_crop_that_gains_little_is_none() -> None:
    assert crop_to((10, 10, 90, 90), (100, 100), 1.5) is None
    assert crop_to((0, 10, 100, 90), (100, 100), 1.5) is None
    assert crop_to((10, 10, 70, 70), (100, 100), 3) is None
    assert crop_to(None, (100, 100), 1.5) is None
    assert crop_to((2, 2, 3, 3), (12, 12), 1.5) is None
