"""The cut to one bit of alpha follows the art's own levels."""

import cv2
import numpy as np
import pytest

from animations.encode.containers.gif.one_bit import Loss, cut_to_one_bit, drawn_alpha
from animations.encode.frames import cut_alpha, fit_canvas
from tests.encode import soft_art
from tests.encode.images import Frame, ball, rolling


def cut(frames: list[Frame], side: int | None = None) -> tuple[list[Frame], Loss]:
    """Cut `frames`, after they are shrunk to `side` if that is given."""
    pictures = [fit_canvas(frame, side, side) if side else frame.copy() for frame in frames]
    drawn = [drawn_alpha(frame, side, side) if side else None for frame in frames]
    loss = cut_to_one_bit(pictures, drawn)
    for picture in pictures:
        assert set(np.unique(picture[..., 3])) <= {0, 255}
        assert not picture[picture[..., 3] == 0].any()
    return pictures, loss


def share(frame: Frame, of: Frame) -> float:
    """Return how many of the visible pixels of `of` are there in `frame`."""
    visible = of[..., 3] >= 8
    return float((frame[..., 3][visible] > 0).mean())


def islands(frame: Frame) -> int:
    return int(cv2.connectedComponents((frame[..., 3] > 0).astype(np.uint8), connectivity=8)[0]) - 1


def test_a_hard_subject_is_cut_at_half_and_nothing_is_said() -> None:
    pictures, loss = cut(rolling(6, 128))
    assert all(np.array_equal(*pair) for pair in zip(pictures, map(cut_alpha, rolling(6, 128)), strict=True))
    assert loss.words() == []


@pytest.mark.parametrize("scale", [0.5, 0.8, 1.3])
@pytest.mark.parametrize("width", [2, 3])
def test_lettering_with_many_edges_is_cut_at_half_too(scale: float, width: int) -> None:
    text = np.zeros((128, 128, 4), np.uint8)
    for line in (40, 80, 120):
        cv2.putText(text, "Emoji?!", (4, line), cv2.FONT_HERSHEY_SIMPLEX, scale, (9, 40, 90, 255), width, cv2.LINE_AA)
    assert np.array_equal(cut([text])[0][0][..., 3], cut_alpha(text)[..., 3])


@pytest.mark.parametrize("strength", [1.0, 0.4, 0.1, 0.05])
def test_art_that_is_translucent_all_over_keeps_its_outline_and_its_own_colour(strength: float) -> None:
    solid = ball(128, 0)
    pictures, loss = cut([soft_art.faded(solid, strength)])
    outline = np.count_nonzero(pictures[0][..., 3] != cut_alpha(solid)[..., 3])
    assert outline <= 0.02 * np.count_nonzero(solid[..., 3])
    seen = pictures[0][..., 3] > 0
    assert np.array_equal(pictures[0][seen][:, :3], solid[seen][:, :3])
    assert any("soft parts are made solid" in word for word in loss.words()) is (strength < 1)


def test_a_hard_subject_loses_its_shadow_and_that_is_measured() -> None:
    frame = soft_art.case("shadow.png")[0]
    pictures, loss = cut([frame], 128)
    assert np.array_equal(pictures[0][..., 3], cut_alpha(fit_canvas(frame, 128, 128))[..., 3])
    assert loss.words() == [
        "GIF has no half transparency: soft parts such as shadows and glows are left out (21 % of what shows)"
    ]


def test_a_bubble_keeps_its_body_beside_its_hard_spots() -> None:
    frame = soft_art.case("glass.png")[0]
    pictures, loss = cut([frame], 128)
    assert share(pictures[0], fit_canvas(frame, 128, 128)) > 0.97
    assert any("made solid (8" in word for word in loss.words())


@pytest.mark.parametrize("draw", [soft_art.glow, soft_art.watercolour, soft_art.confetti])
def test_soft_art_of_any_kind_shows(draw: object) -> None:
    frame = draw()  # type: ignore[operator]
    pictures, loss = cut([frame], 128)
    assert (pictures[0][..., 3] > 0).mean() > 0.02
    assert loss.words()


def test_a_wash_has_no_holes_where_its_pigment_is_thin() -> None:
    picture = cut([soft_art.watercolour()], 128)[0][0]
    around = cv2.floodFill(picture[..., 3].copy(), None, (0, 0), 255)[1]
    assert (around == 255).all(), "a place inside is neither kept nor reached from the rim"


def test_a_ring_keeps_its_opening() -> None:
    ring = soft_art.disc(64, 32, 32, 26)
    ring[soft_art.disc(64, 32, 32, 12)[..., 3] > 0] = 0
    assert cut([soft_art.faded(ring, 0.4)])[0][0][32, 32, 3] == 0


def test_a_fade_shows_in_every_frame_and_still_fades() -> None:
    subject = soft_art.case("shadow.png")[0]
    pictures, loss = cut(soft_art.fade(subject), 128)
    counts = [np.count_nonzero(picture[..., 3]) for picture in pictures]
    assert min(counts) >= 0.2 * max(counts)
    assert counts[0] > 1.2 * counts[3] > 1.4 * counts[5]
    assert counts[1:] == counts[:0:-1], "down and up are the same"
    assert any("where it fades" in word for word in loss.words())


def test_a_fade_of_a_bubble_keeps_the_body_and_the_spots_together() -> None:
    frames = soft_art.fade(soft_art.case("glass.png")[0])
    for picture, frame in zip(cut(frames, 128)[0], frames, strict=True):
        assert share(picture, fit_canvas(frame, 128, 128)) > 0.2


def test_a_hard_object_beside_a_faint_one_is_cut_at_half_in_every_frame() -> None:
    faint = soft_art.disc(128, 90, 64, 28, alpha=70)
    frames = [soft_art.over(faint, soft_art.disc(128, 34, 64, radius)) for radius in (24, 16, 26, 14, 22)]
    for picture, frame in zip(cut(frames)[0], frames, strict=True):
        assert np.array_equal(picture, cut_alpha(frame))


def test_a_shadow_of_half_strength_does_not_come_and_go_with_every_rounding() -> None:
    random, subject = np.random.default_rng(4), soft_art.disc(128, 64, 50, 30)
    frames = []
    for _ in range(4):
        shadow = soft_art.disc(128, 64, 92, 24, alpha=128)
        shadow[..., 3] = np.where(shadow[..., 3] > 100, random.integers(124, 133, (128, 128)), shadow[..., 3])
        frames.append(soft_art.over(shadow, subject))
    outlines = [picture[..., 3] for picture in cut(frames)[0]]
    assert all(np.array_equal(outlines[0], outline) for outline in outlines)
    assert np.count_nonzero(outlines[0]) == pytest.approx(np.count_nonzero(cut_alpha(subject)[..., 3]), rel=0.03)


def test_a_bright_spot_that_comes_and_goes_does_not_make_the_body_flicker() -> None:
    body = soft_art.disc(128, 64, 64, 50, alpha=110)
    spotted = soft_art.over(body, soft_art.disc(128, 50, 50, 8))
    pictures, loss = cut([body, spotted, body, spotted])
    outlines = [picture[..., 3] for picture in pictures]
    assert all(np.array_equal(outlines[0], outline) for outline in outlines)
    assert loss.dissolved == 0


def test_a_faint_object_that_is_left_alone_shows() -> None:
    faint = soft_art.disc(128, 90, 64, 28, alpha=70)
    hard = soft_art.over(faint, soft_art.disc(128, 34, 64, 30))
    assert np.count_nonzero(cut([hard, hard, faint])[0][2][..., 3]) > 500


def test_a_thin_frame_of_a_hard_subject_is_not_broken_by_a_pattern() -> None:
    edge_on = np.zeros((128, 128, 4), np.uint8)
    edge_on[30:98, 64] = (200, 60, 40, 110)
    pictures, loss = cut([ball(128, 0), edge_on, ball(128, 0)])
    assert np.count_nonzero(pictures[1][..., 3]) == 68
    assert loss.dissolved == 0


def test_specks_that_a_matte_left_are_dropped_and_counted() -> None:
    pictures, loss = cut([soft_art.specks()], 128)
    assert islands(pictures[0]) == 1
    assert "faint specks beside the subject are dropped (8 over all frames)" in loss.words()


@pytest.mark.parametrize("width", [3, 4, 6])
def test_rays_that_were_drawn_stay_however_thin_shrinking_made_them(width: int) -> None:
    pictures, loss = cut([soft_art.rays(512, width)], 128)
    assert islands(pictures[0]) == 13
    assert loss.specks == 0


def test_a_strand_that_hangs_together_with_the_subject_is_no_speck() -> None:
    frame = soft_art.disc(128, 64, 70, 40)
    frame[8:32, 63:65] = (200, 60, 40, 60)
    frame[4:8, 62:66] = (200, 60, 40, 150)
    assert cut([frame])[0][0][6, 64, 3] == 255


@pytest.mark.parametrize("alpha", [140, 170, 200])
def test_many_small_pieces_are_confetti_and_no_specks(alpha: int) -> None:
    frame = soft_art.disc(256, 128, 128, 30)
    for x in range(4, 250, 14):
        for y in (10, 40, 210, 240):
            frame[y : y + 6, x : x + 4] = (20, 160, 60, alpha)
    pictures, loss = cut([frame])
    assert (islands(pictures[0]), loss.specks) == (73, 0)


@pytest.mark.parametrize("peak", [140, 165, 200])
def test_specks_are_known_by_their_peak(peak: int) -> None:
    frame = soft_art.disc(128, 64, 64, 40)
    frame[8:10, 8:10] = frame[8:10, 110:112] = (200, 60, 40, peak)
    assert islands(cut([frame])[0][0]) == 1
    frame[8:10, 8:10] = (200, 60, 40, 255)
    assert islands(cut([frame])[0][0]) == 2


def test_a_picture_of_faint_dots_alone_keeps_them() -> None:
    dots = np.zeros((128, 128, 4), np.uint8)
    for at in range(10, 120, 10):
        dots[at : at + 3, 10:13] = (9, 9, 9, 90)
    assert islands(cut([dots])[0][0]) == 11
