"""Every motion and every variation of it, looked at as a loop."""

import time
from fractions import Fraction

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from animations.motion.language.reader import parse_motion
from animations.motion.recipe import Layer, Recipe, variation
from animations.motion.rendering.renderer import Renderer
from animations.motion.vocabulary import MOTIONS
from tests.motion.seams import is_smooth, loop_seam, replaced_frame_seam

Frame = npt.NDArray[np.uint8]
COUNTS = (2, 5, 12, 30)


def on_grey(frame: Frame) -> npt.NDArray[np.float32]:
    alpha = frame[..., 3:].astype(np.float32) / 255
    return np.asarray(frame[..., :3] * alpha + 128 * (1 - alpha), np.float32)


def border(frame: Frame) -> int:
    alpha = frame[..., 3]
    return int(max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()))


@pytest.mark.parametrize("motion", MOTIONS)
def test_every_variation_closes_its_loop_and_stays_on_the_canvas(small_renderer: Renderer, motion: str) -> None:
    for k in range(4):
        recipe = variation(Recipe((Layer(motion),)), k, seed=11)
        moments = {Fraction(i, count) for count in COUNTS for i in range(count)}
        frames = {t: small_renderer.render(recipe, float(t)) for t in moments}
        for count in COUNTS:
            seam = loop_seam([frames[Fraction(i, count)] for i in range(count)])
            assert is_smooth(seam), (k, count, seam)
        assert max(border(frame) for frame in frames.values()) == 0, k
        assert len({frame.tobytes() for frame in frames.values()}) > 8


@pytest.mark.parametrize("motion", MOTIONS)
@pytest.mark.parametrize("amplitude", [0.3, 3.0])
def test_tiny_and_wild_motions_close_their_loops_on_the_canvas(
    small_renderer: Renderer, motion: str, amplitude: float
) -> None:
    frames = [small_renderer.render(Recipe((Layer(motion, amplitude),)), i / 12) for i in range(12)]
    assert is_smooth(loop_seam(frames))
    assert max(border(frame) for frame in frames) <= 1


@pytest.mark.parametrize(
    "layer",
    [*map(Layer, MOTIONS), *(Layer(each, 0.55) for each in ("breathe", "glow", "float"))],
    ids=lambda layer: f"{layer.amplitude:g} {layer.motion}",
)
def test_every_variation_is_seen_to_differ(large_renderer: Renderer, layer: Layer) -> None:
    recipe = Recipe((layer,))
    canonical = {t: on_grey(large_renderer.render(recipe, t)) for t in (0, 1 / 4, 5 / 12)}
    for k in (1, 2, 3):
        varied = variation(recipe, k, seed=3)
        peak = (
            float(np.abs(on_grey(large_renderer.render(varied, t)) - frame).mean()) for t, frame in canonical.items()
        )
        assert any(difference >= 4 for difference in peak), k


def test_time_has_period_1(small_renderer: Renderer) -> None:
    for motion in MOTIONS:
        recipe = Recipe((Layer(motion, cycles=2, phase=0.3),))
        assert np.array_equal(small_renderer.render(recipe, 0.25), small_renderer.render(recipe, 3.25)), motion


def middle(frame: Frame) -> float:
    columns = frame[..., 3].sum(axis=0, dtype=float)
    return float((columns * np.arange(len(columns))).sum() / columns.sum())


def test_a_frame_made_anew_lies_halfway_to_its_neighbours(small_renderer: Renderer) -> None:
    track, asked = Recipe((Layer("float"),)), Recipe((Layer("slide"),))
    own, other = small_renderer.render(asked, 0.5), small_renderer.render(track, 0.5)
    blended = small_renderer.render(asked, 0.5, near=track)
    assert middle(own) - middle(other) > 3
    assert middle(blended) == pytest.approx((middle(own) + middle(other)) / 2, abs=0.5)
    assert own[..., 3].sum() < blended[..., 3].sum() < other[..., 3].sum()


def test_a_frame_made_anew_steps_less_than_it_would_alone(small_renderer: Renderer) -> None:
    track, asked = parse_motion("bounce").recipe, parse_motion("jump higher").recipe
    assert track is not None and asked is not None
    frames = [small_renderer.render(track, i / 12) for i in range(12)]
    alone, blended = list(frames), list(frames)
    alone[3], blended[3] = small_renderer.render(asked, 3 / 12), small_renderer.render(asked, 3 / 12, near=track)
    assert not np.array_equal(blended[3], frames[3])
    assert replaced_frame_seam(blended, 3).ratio < 0.95 * replaced_frame_seam(alone, 3).ratio


@pytest.mark.parametrize("motion", MOTIONS)
def test_a_frame_made_anew_stays_on_the_canvas(small_renderer: Renderer, motion: str) -> None:
    for words in ("wild jump", "zoom"):
        near = parse_motion(words).recipe
        for i in (0, 5):
            assert border(small_renderer.render(Recipe((Layer(motion, 2.0),)), i / 12, near)) <= 1, words


def test_the_same_words_again_give_the_same_frame(small_renderer: Renderer) -> None:
    recipe = Recipe((Layer("bounce"), Layer("spin")))
    same = small_renderer.render(recipe, 0.2).astype(int) - small_renderer.render(recipe, 0.2, near=recipe)
    assert np.abs(same).max() <= 1


def test_12_frames_of_3_variations_at_256_px_take_less_than_1_5_s_of_a_core(cutout: Frame) -> None:
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    large_cutout = cv2.resize(cutout, (2048, 1920), interpolation=cv2.INTER_CUBIC)
    began = time.process_time()
    renderer = Renderer(large_cutout, 256)
    for k in range(3):
        recipe = variation(Recipe((Layer("party"),)), k, seed=1)  # the slowest of them
        for i in range(12):
            renderer.render(recipe, i / 12)
    cv2.setNumThreads(threads)
    assert time.process_time() - began <= 1.5
