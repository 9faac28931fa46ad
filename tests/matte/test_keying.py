import numpy as np
import pytest

from animations.matte.keying import key_white, remove_white
from tests.matte.images import GroundTruth, Picture, disc, jpeg, lines, white_shirt
from tests.matte.metrics.alpha_error import mean_absolute_difference, mean_halo

WHITE = (255, 255, 255)


@pytest.mark.parametrize(
    "truth",
    [disc(), disc(softness=0.5), disc(base=(240, 220, 40)), lines()],
    ids=["soft", "sharp", "yellow", "lines"],
)
def test_a_subject_on_white_is_cut_close_to_its_true_alpha(truth: GroundTruth) -> None:
    alpha = key_white(truth.on(WHITE))
    assert alpha.dtype == np.uint8
    assert alpha.shape == truth.alpha.shape
    assert mean_absolute_difference(alpha, truth.alpha8) < 0.004
    assert (alpha[truth.alpha == 1] >= 250).mean() > 0.99
    assert not alpha[:5].any()


def test_white_inside_the_subject_stays() -> None:
    alpha = key_white(white_shirt().on(WHITE))
    assert (alpha[56:72, 56:72] == 255).all()


def test_a_white_subject_with_an_outline_is_not_eaten() -> None:
    truth = disc(base=(70, 70, 70))
    inner = disc(base=(255, 255, 255))
    ys, xs = np.mgrid[:128, :128]
    truth.colour[np.hypot(xs - 64, ys - 64) < 33] = inner.colour[0, 0]
    alpha = key_white(truth.on(WHITE))
    assert (alpha[50:78, 50:78] == 255).all()


def test_a_pale_thing_is_opaque_and_not_unmixed_away() -> None:
    truth = disc(base=(232, 232, 236), softness=0.5)
    truth.colour[:] = (232, 232, 236)
    alpha = key_white(truth.on(WHITE))
    assert (alpha[truth.alpha == 1] == 255).all()


def test_an_off_white_background_is_its_own_white() -> None:
    truth = disc()
    alpha = key_white(truth.on((248, 246, 240)))
    assert mean_absolute_difference(alpha, truth.alpha8) < 0.004


@pytest.mark.parametrize("sigma", [0.0, 1.0, 3.0])
def test_the_tolerance_follows_the_noise_of_the_background(sigma: float) -> None:
    truth = disc(160)
    noisy = truth.on((250, 250, 250)) + np.random.default_rng(5).normal(0, sigma, (160, 160, 3))
    alpha = key_white(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))
    assert (alpha[truth.alpha == 0] == 0).mean() > 0.995
    assert mean_absolute_difference(alpha, truth.alpha8) < 0.012


def test_a_jpeg_leaves_no_specks_round_the_subject() -> None:
    truth = disc(160)
    alpha = key_white(jpeg(truth.on(WHITE)))
    ys, xs = np.mgrid[:160, :160]
    far = np.hypot(xs - 80, ys - 80) > 56
    assert not alpha[far].any()
    assert mean_absolute_difference(alpha, truth.alpha8) < 0.012


def test_a_subject_cut_by_the_border_is_kept_whole() -> None:
    picture = disc().on(WHITE)[:80]
    alpha = key_white(picture)
    assert (alpha[-1, 50:78] == 255).all()
    assert not alpha[-1, :10].any()


def test_an_empty_sheet_has_no_subject() -> None:
    assert not key_white(np.full((20, 30, 3), 255, np.uint8)).any()


@pytest.mark.parametrize("background", [WHITE, (248, 246, 240)])
@pytest.mark.parametrize("truth", [disc(), disc(softness=0.5), lines()], ids=["soft", "sharp", "lines"])
def test_a_keyed_picture_looks_on_its_own_white_as_it_came(
    truth: GroundTruth, background: tuple[int, int, int]
) -> None:
    picture = truth.on(background)
    cut = remove_white(picture, key_white(picture)).astype(np.float32)
    part = cut[..., 3:] / 255
    again = cut[..., :3] * part + np.array(background, np.float32) * (1 - part)
    kept = cut[..., 3] > 0
    assert np.abs(again - picture)[kept].mean() < 0.5
    assert np.abs(again - picture)[kept].max() <= 3


@pytest.mark.parametrize("truth", [disc(), disc(base=(240, 220, 40)), lines()], ids=["disc", "yellow", "lines"])
def test_the_noise_of_a_jpeg_is_not_blown_up_in_the_edge(truth: GroundTruth) -> None:
    picture = jpeg(truth.on(WHITE), 80)
    cut = remove_white(picture, key_white(picture)).astype(np.float32)
    soft = (cut[..., 3] > 0) & (cut[..., 3] < 255)
    wrong = np.abs(cut[soft][:, :3] - truth.colour[soft]) * cut[soft][:, 3:] / 255
    assert wrong.mean() < 5


def test_no_white_is_left_in_the_edge_of_a_keyed_picture() -> None:
    truth = disc()
    picture = truth.on(WHITE)
    assert mean_halo(np.dstack([picture, key_white(picture)])) > 20
    assert mean_halo(remove_white(picture, key_white(picture))) < 3


def test_a_tolerance_of_ones_own_decides_what_is_background() -> None:
    rgb = disc().on((255, 255, 255))
    rgb[:20] = (240, 240, 240)
    assert key_white(rgb)[10, 64] == 0 or key_white(rgb, 6)[10, 64] == 255
    assert key_white(rgb, 6)[10, 64] == 255
    assert key_white(rgb, 20)[10, 64] == 0
    assert key_white(rgb, 255)[10, 64] == 0


def rimmed(softness: float) -> tuple[Picture, Picture]:
    """Draw a disc whose colour changes fast towards its rim, as lit by a light behind it; return its alpha too."""
    truth = disc(softness=softness)
    ys, xs = np.mgrid[:128, :128].astype(np.float32)
    inside = 0.3 * 128 - np.hypot(xs - 64, ys - 64)
    truth.colour += 8 * np.clip(6 - inside, 0, 6)[..., None]
    return truth.on((255, 255, 255)), truth.alpha8


def test_a_sharp_edge_is_unmixed_with_a_colour_right_behind_it() -> None:
    rgb, alpha = rimmed(0.5)
    assert mean_absolute_difference(key_white(rgb), alpha) < 1.6e-3


def test_a_soft_edge_is_unmixed_with_a_colour_from_further_inside() -> None:
    truth = disc(softness=2.5)
    rgb = truth.on((255, 255, 255))
    assert mean_absolute_difference(key_white(rgb), truth.alpha8) < 14e-3
