import numpy as np

from animations.encode.fitting.canvas import harden, lay_on, put_on_canvas
from animations.encode.platforms import PLATFORMS
from tests.encode.images import ball, on, photo

SLACK, KAKAO = PLATFORMS["slack"], PLATFORMS["kakao"]


def test_a_picture_is_centred_in_the_platform_s_margin() -> None:
    canvas = put_on_canvas(photo(1, 100), KAKAO)
    (frame,) = canvas.pictures
    assert frame.shape == (360, 360, 4)
    assert canvas.steps == ["scaled from 100×100 to 360×360"]
    rows = np.flatnonzero((frame[..., 3] > 0).any(axis=1))
    assert (rows[0], rows[-1]) == (11, 348)
    assert put_on_canvas([], SLACK).pictures == []


def test_a_white_background_fills_the_canvas() -> None:
    canvas = put_on_canvas([ball(100, 0)], KAKAO)
    harden(canvas, KAKAO, "dark")
    (frame,) = canvas.pictures
    assert (frame[..., 3] == 255).all()
    assert (frame[[0, -1], [0, -1], :3] == 255).all()


def test_a_known_ground_is_mixed_into_soft_edges() -> None:
    soft = ball(128, 0)
    soft[..., 3] = soft[..., 3] // 2
    for ground, level in (("light", 255), ("dark", 0x1F)):
        canvas = put_on_canvas([soft.copy()], SLACK)
        harden(canvas, SLACK, ground)  # type: ignore[arg-type]
        (frame,) = canvas.pictures
        assert set(np.unique(frame[..., 3])) == {0, 255}
        assert np.abs(on(frame, level) - on(soft, level)).max() <= 8
        assert canvas.steps == [f"soft edges are mixed with a {ground} ground: on another they show a fringe"]


def test_what_is_fainter_than_can_be_seen_is_left_out() -> None:
    faint = np.full((4, 4, 4), (10, 20, 30, 5), np.uint8)
    assert not lay_on(faint, (255, 255, 255), from_alpha=8).any()
    assert (lay_on(faint, (255, 255, 255), from_alpha=0)[..., 3] == 255).all()
