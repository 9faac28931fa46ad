from __future__ import annotations

import numpy as np
import pytest

from animations.finish.caption import draw_caption
from animations.finish.options import Caption, Finish
from tests.finish.images import block, finished, shown_box

CANVAS = (128, 128)


@pytest.mark.parametrize("arc", [-1.0, -0.3, 0.0, 0.3, 1.0])
@pytest.mark.parametrize("text", ["W" * 24, "i", "뛰어!", "Jump"])
def test_a_caption_is_inside_the_canvas_whatever_its_length_and_arc(text: str, arc: float) -> None:
    drawn = draw_caption(Caption(text, arc=arc), CANVAS)
    assert drawn.shape[1] <= 0.96 * 128 + 1
    assert drawn.shape[0] <= 0.35 * 128 + 1
    assert drawn[..., 3].max() > 200
    assert (drawn[..., :3] <= drawn[..., 3:] + 0.01).all()


def test_letters_have_their_colour_and_its_edge_no_other() -> None:
    drawn = draw_caption(Caption("Jump", colour="#ff8000", stroke=None), CANVAS)
    inked = drawn[drawn[..., 3] > 8]
    straight = inked[:, :3] / inked[:, 3:] * 255
    assert np.abs(straight - (255, 128, 0)).max() < 1


def test_the_stroke_goes_round_the_letters() -> None:
    drawn = draw_caption(Caption("I", colour="#ffffff", stroke="#0000ff"), CANVAS)
    row = drawn[drawn.shape[0] // 2]
    assert row[len(row) // 2].tolist() == pytest.approx([255, 255, 255, 255], abs=1)
    assert row[1].tolist() == pytest.approx([0, 0, 255, 255], abs=60) and row[1, 0] < 10


@pytest.mark.parametrize(("arc", "lower"), [(0.8, "ends"), (-0.8, "middle")])
def test_an_arc_bends_the_line(arc: float, lower: str) -> None:
    alpha = draw_caption(Caption("nnnnnnnnn", arc=arc), CANVAS)[..., 3] > 128
    lowest = [int(np.flatnonzero(alpha[:, column]).max()) for column in (4, alpha.shape[1] // 2)]
    assert (lowest[0] > lowest[1] + 6) is (lower == "ends")
    assert (lowest[1] > lowest[0] + 6) is (lower == "middle")


def test_a_bent_line_is_not_mirrored() -> None:
    for arc in (0.2, -0.2):
        alpha = draw_caption(Caption("WW..", arc=arc, stroke=None), CANVAS)[..., 3]
        quarter = alpha.shape[1] // 4
        assert alpha[:, :quarter].sum() > 1.5 * alpha[:, -quarter:].sum()


@pytest.mark.parametrize(("place", "rows"), [("top", slice(0, 40)), ("bottom", slice(88, 128))])
def test_a_caption_is_the_same_in_every_frame_and_clear_of_them(place: str, rows: slice) -> None:
    loop = [block((128, 128), 0, 0, 128, 128 - step) for step in range(3)]
    frames = finished(loop, Finish(caption=Caption("Jump", place=place)))
    words = draw_caption(Caption("Jump"), CANVAS)
    assert np.count_nonzero(frames[0][rows, :, 3]) > 500
    first, third = (frame[rows][..., :3].astype(int) for frame in (frames[0], frames[2]))
    letters = np.flatnonzero((first == 255).all(axis=2))
    assert len(letters) > 100 and np.array_equal(letters, np.flatnonzero((third == 255).all(axis=2)))
    own = frames[0].copy()
    own[..., 3] = np.where((own[..., 2] > 150) & (own[..., 0] < 60), own[..., 3], 0)
    _, top, _, bottom = shown_box(own)
    assert (top >= len(words)) if place == "top" else (bottom <= 128 - len(words))
