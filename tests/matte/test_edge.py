import time

import numpy as np
import pytest

from animations.matte.edge import decontaminate_edge
from tests.matte.images import GroundTruth, disc, glow, lines
from tests.matte.metrics.alpha_error import mean_halo

BACKGROUNDS = {"white": (255, 255, 255), "green": (30, 200, 60), "dark": (10, 10, 30)}


def edge_error(cut: np.ndarray, truth: GroundTruth) -> float:
    """Return the mean error of the soft pixels' colour as seen on black, in grey levels."""
    soft = (truth.alpha8 > 0) & (truth.alpha8 < 255)
    seen = cut[soft][:, :3] * truth.alpha[soft][:, None]
    return float(np.abs(seen - truth.colour[soft] * truth.alpha[soft][:, None]).mean())


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize(("truth", "most"), [(disc(), 1), (glow(), 6), (lines(), 2)], ids=["disc", "glow", "lines"])
def test_the_colour_of_the_background_is_taken_out_of_the_edge(
    background: str, truth: GroundTruth, most: float
) -> None:
    picture = truth.on(BACKGROUNDS[background])
    cut = decontaminate_edge(picture, truth.alpha8)
    naive = np.dstack([picture, truth.alpha8])
    assert edge_error(cut, truth) < most
    assert edge_error(cut, truth) < edge_error(naive, truth) / 2


def test_no_white_rim_is_left() -> None:
    truth = disc()
    picture = truth.on(BACKGROUNDS["white"])
    assert mean_halo(np.dstack([picture, truth.alpha8])) > 20
    assert mean_halo(decontaminate_edge(picture, truth.alpha8)) < 3


def test_opaque_pixels_keep_their_colour_and_alpha_is_not_touched() -> None:
    truth = glow()
    picture = truth.on(BACKGROUNDS["green"])
    cut = decontaminate_edge(picture, truth.alpha8)
    opaque = truth.alpha8 == 255
    assert np.array_equal(cut[opaque][:, :3], picture[opaque])
    assert np.array_equal(cut[..., 3], truth.alpha8)


def test_nothing_is_left_under_alpha_0() -> None:
    truth = disc()
    cut = decontaminate_edge(truth.on(BACKGROUNDS["green"]), truth.alpha8)
    assert not cut[truth.alpha8 == 0].any()


def test_strips_leave_no_seam() -> None:
    truth = glow(600)
    cut = decontaminate_edge(truth.on(BACKGROUNDS["white"]), truth.alpha8).astype(np.int16)
    soft = (truth.alpha8[255] > 40) & (truth.alpha8[255] < 250)
    across = np.abs(cut[256] - cut[255])[soft][:, :3].mean()
    beside = np.abs(cut[250] - cut[249])[soft][:, :3].mean()
    assert soft.any()
    assert across < beside + 1


@pytest.mark.parametrize("level", [0, 255])
def test_a_matte_without_an_edge_only_cuts(level: int) -> None:
    picture = disc(40).on(BACKGROUNDS["dark"])
    cut = decontaminate_edge(picture, np.full((40, 40), level, np.uint8))
    assert np.array_equal(cut[..., :3], picture if level else np.zeros_like(picture))


def test_small_and_narrow_pictures_work() -> None:
    for shape in ((1, 1), (2, 300), (300, 3)):
        cut = decontaminate_edge(np.full((*shape, 3), 77, np.uint8), np.full(shape, 128, np.uint8))
        assert cut.shape == (*shape, 4)
        assert np.abs(cut[..., :3].astype(int) - 77).max() <= 1


def test_sizes_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in size"):
        decontaminate_edge(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 5), np.uint8))


def test_a_picture_of_1024_px_is_quick() -> None:
    truth = disc(1024)
    picture = truth.on(BACKGROUNDS["white"])
    begun = time.process_time()
    decontaminate_edge(picture, truth.alpha8)
    assert time.process_time() - begun < 1.5
