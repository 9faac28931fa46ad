import numpy as np
import numpy.typing as npt
import pytest

from animations.motion.recipe import Layer, Recipe
from animations.motion.rendering.renderer import Renderer
from animations.motion.rendering.subject import extract_subject

Frame = npt.NDArray[np.uint8]
STILL = Recipe((Layer("breathe", 0.0),))


def disc(side: int = 200, colour: tuple[int, int, int] = (255, 255, 255)) -> Frame:
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    picture = np.zeros((side, side, 4), np.uint8)
    picture[..., :3] = colour
    picture[..., 3] = np.clip(side * 0.4 - np.hypot(x, y) + 0.5, 0, 1) * 255
    return picture


def middle(frame: Frame) -> tuple[float, float]:
    alpha = frame[..., 3].astype(float)
    y, x = np.mgrid[: frame.shape[0], : frame.shape[1]]
    return float((x * alpha).sum() / alpha.sum()), float((y * alpha).sum() / alpha.sum())


def test_a_frame_is_a_square_of_straight_rgba(small_renderer: Renderer) -> None:
    frame = small_renderer.render(STILL, 0)
    assert frame.shape == (40, 40, 4) and frame.dtype == np.uint8
    assert not frame[frame[..., 3] == 0].any()


def test_the_subject_fills_the_canvas_whatever_space_was_round_it() -> None:
    lonely = np.zeros((400, 300, 4), np.uint8)
    lonely[300:340, 20:100] = (10, 200, 30, 255)
    alpha = Renderer(lonely, 64).render(STILL, 0)[..., 3]
    columns, rows = np.flatnonzero(alpha.any(axis=0)), np.flatnonzero(alpha.any(axis=1))
    assert 54 <= columns[-1] - columns[0] + 1 <= 64
    assert 26 <= rows[-1] - rows[0] + 1 <= 32
    assert middle(Renderer(lonely, 64).render(STILL, 0)) == pytest.approx((31.5, 31.5), abs=0.5)


def test_edges_have_no_halo_of_the_colour_under_them() -> None:
    white = disc()
    white[white[..., 3] == 0, :3] = 0  # black under alpha 0 must not be mixed into the edge
    frame = Renderer(white, 96).render(Recipe((Layer("spin"),)), 0.13)
    seen = frame[frame[..., 3] > 8]
    assert seen[:, :3].min() >= 250


def test_size_is_constant_across_a_track() -> None:
    renderer = Renderer(disc(), 96)
    recipe = Recipe((Layer("slide"),))
    areas = [float(renderer.render(recipe, i / 12)[..., 3].sum()) for i in range(12)]
    assert max(areas) == pytest.approx(min(areas), rel=0.01)
    assert renderer.prepare(recipe) is renderer.prepare(recipe)
    assert renderer.prepare(recipe).unit < renderer.prepare(STILL).unit


def test_a_big_picture_is_shrunk_without_aliasing() -> None:
    stripes = np.zeros((1024, 1024, 4), np.uint8)
    stripes[..., 3] = 255
    stripes[:, ::2, :3] = 255
    frame = Renderer(stripes, 64).render(Recipe((Layer("zoom"),)), 0)
    inner = frame[28:36, 28:36, :3].astype(int)
    assert abs(inner - 128).max() <= 6


def test_a_card_seen_edge_on_is_narrow_and_as_tall_as_before() -> None:
    renderer, flip = Renderer(disc(), 96), Recipe((Layer("flip", easing="linear"),))
    alpha = renderer.render(flip, 0.25)[..., 3] > 128
    assert alpha.any(axis=0).sum() < 14
    assert alpha.any(axis=1).sum() > 70


def test_an_empty_cutout_gives_empty_frames() -> None:
    renderer = Renderer(np.zeros((50, 50, 4), np.uint8), 32)
    assert not renderer.render(Recipe((Layer("glow"),)), 0.5, near=STILL).any()
    with pytest.raises(ValueError, match="empty"):
        renderer.prepare(STILL)


@pytest.mark.parametrize("side", [1, 2, 5])
def test_a_speck_can_move(side: int) -> None:
    speck = np.full((side, side, 4), 255, np.uint8)
    for motion in ("spin", "wave", "glow", "flip"):
        assert Renderer(speck, 32).render(Recipe((Layer(motion),)), 0.3).any()


def test_wrong_cutouts_and_sizes_are_refused() -> None:
    for wrong in (np.zeros((5, 5, 3), np.uint8), np.zeros((5, 5), np.uint8), np.zeros((5, 5, 4), np.uint16)):
        with pytest.raises(ValueError, match="uint8"):
            Renderer(wrong, 64)  # type: ignore[arg-type]
    for size in (8, 4096):
        with pytest.raises(ValueError, match="size"):
            Renderer(disc(), size)


def test_a_subject_is_cropped_and_measured() -> None:
    wide = np.zeros((100, 100, 4), np.uint8)
    wide[40:60, 10:90] = 255
    subject = extract_subject(wide, 32)
    assert subject is not None
    assert subject.half == (0.5, 0.125)
    assert subject.picture.shape == (16, 64, 4)
    assert np.abs(subject.outline).max(axis=0) == pytest.approx(subject.half, abs=0.01)
    assert extract_subject(np.zeros((9, 9, 4), np.uint8), 32) is None


def test_a_subject_is_read_at_the_size_it_is_shown() -> None:
    subject = extract_subject(disc(256), 256)
    assert subject is not None
    placed = subject.shrunk_to(100)
    assert placed.picture.shape == (100, 100, 4)
    assert subject.shrunk_to(10_000).picture.shape == subject.picture.shape
    full, to_full = placed.mip_level(100, 100)
    narrow, to_narrow = placed.mip_level(20, 100)
    assert full is placed.picture and narrow.shape == (100, 25, 4)
    assert to_full @ [-0.5, -0.5, 1] == pytest.approx([-0.5, -0.5, 1])
    assert to_narrow @ [0.5, 0.5, 1] == pytest.approx([24.5, 99.5, 1])
