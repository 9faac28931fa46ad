import math

import numpy as np
import numpy.typing as npt
import pytest

from animations.motion.recipe import Layer, Recipe
from animations.motion.rendering.bounds import centre, placing_matrix, posed_bounds, scale_of, unit_lengths
from animations.motion.rendering.fields import displace, is_displaced
from animations.motion.rendering.pose import ledges, pose_layers, posing_matrix
from animations.motion.rendering.subject import Subject, extract_subject
from animations.motion.vocabulary import MOTIONS

HALF = (0.5, 0.4)


def posed(layer: Layer, t: float) -> npt.NDArray[np.float64]:
    return posing_matrix(pose_layers(Recipe((layer,)), t), HALF)


def where(layer: Layer, t: float, point: tuple[float, float] = (0, 0)) -> tuple[float, float]:
    x, y, w = posed(layer, t) @ [*point, 1]
    return x / w, y / w


@pytest.fixture(scope="module")
def square() -> Subject:
    subject = extract_subject(np.full((50, 50, 4), 255, np.uint8), 64)
    assert subject is not None
    return subject


def test_no_amplitude_is_rest() -> None:
    for motion in MOTIONS.values():
        if not any(track.full_turn for track in motion.channels):
            assert posed(Layer(motion.name, 0.0), 0.3) == pytest.approx(np.eye(3)), motion.name


def test_a_value_is_amplitude_times_the_channel_and_rest_where_there_is_none() -> None:
    (pose,) = pose_layers(Recipe((Layer("pulse", 2.0),)), 0.5)
    assert pose["grow"] == pytest.approx(2 * 0.17)
    assert pose["x"] == 0 and pose.u == 0.5


def test_cycles_pace_and_phase_say_where_in_the_cycle_it_is() -> None:
    (pose,) = pose_layers(Recipe((Layer("pulse", cycles=2, pace=3, phase=0.5),)), 0.25)
    assert pose.u == pytest.approx(0.0)


def test_a_bounce_goes_up_and_lands_on_its_foot() -> None:
    assert where(Layer("bounce"), 0)[1] < -0.2
    assert where(Layer("bounce"), 0.5, (0, HALF[1])) == pytest.approx((0, HALF[1]))


def test_higher_is_higher() -> None:
    assert where(Layer("jump", 1.4), 0)[1] < where(Layer("jump"), 0)[1] < -0.3
    assert where(Layer("jump", 1.4), 0.25)[1] < where(Layer("bounce"), 0.25)[1]


@pytest.mark.parametrize(
    ("direction", "way"), [("", (1, 0)), ("right", (1, 0)), ("left", (-1, 0)), ("up", (0, -1)), ("down", (0, 1))]
)
def test_a_slide_goes_where_it_is_told(direction: str, way: tuple[int, int]) -> None:
    x, y = where(Layer("slide", direction=direction), 0.49)
    assert (round(x / 0.2), round(y / 0.2)) == way


def test_a_spin_turns_the_way_it_is_told() -> None:
    assert where(Layer("spin"), 0.25, (0, -0.4)) == pytest.approx((0.4, 0), abs=1e-9)
    for other in (Layer("spin", direction="counterclockwise"), Layer("spin", mirror=True)):
        assert where(other, 0.25, (0, -0.4)) == pytest.approx((-0.4, 0), abs=1e-9)


def test_zoom_goes_in_or_out() -> None:
    assert scale_of(posed(Layer("zoom"), 0.58)) == pytest.approx(math.exp(0.36))
    assert scale_of(posed(Layer("zoom", direction="out"), 0.58)) == pytest.approx(math.exp(-0.36))


def test_the_anchor_stands_still() -> None:
    assert where(Layer("swing"), 0.25, (0, -HALF[1])) == pytest.approx((0, -HALF[1]))
    assert where(Layer("swing", anchor="right"), 0.25, (HALF[0], 0)) == pytest.approx((HALF[0], 0))
    assert where(Layer("swing", anchor="left"), 0.25, (HALF[0], 0)) != pytest.approx((HALF[0], 0), abs=0.05)


def test_following_through_leans_the_body() -> None:
    assert where(Layer("pulse", 0.5, follow=1), 0, (0, -0.4))[0] > 0.04
    assert where(Layer("pulse", 0.5, follow=-1), 0, (0, -0.4))[0] < -0.04


def test_layers_may_come_in_any_order() -> None:
    one, other = Layer("bounce"), Layer("spin")
    assert posing_matrix(pose_layers(Recipe((one, other)), 0.4), HALF) == pytest.approx(
        posing_matrix(pose_layers(Recipe((other, one)), 0.4), HALF)
    )


def test_a_peek_hides_behind_the_ledge_it_peeks_over() -> None:
    assert ledges(pose_layers(Recipe((Layer("peek"),)), 0)) == ((0, 1),)
    assert ledges(pose_layers(Recipe((Layer("peek", direction="left"),)), 0)) == ((1, 0),)
    assert ledges(pose_layers(Recipe((Layer("bounce"),)), 0)) == ()
    assert where(Layer("peek"), 0.37)[1] > 0.6
    assert where(Layer("peek", direction="left"), 0.37)[0] > 0.6


def test_fields_bend_and_leave_no_mark_without_strength() -> None:
    x, y = np.meshgrid(np.linspace(-0.4, 0.4, 9, dtype=np.float32), np.linspace(-0.4, 0.4, 9, dtype=np.float32))
    for motion in ("wave", "ripple", "twist", "jelly", "glitch"):
        at = pose_layers(Recipe((Layer(motion),)), 0.2)
        to_x, to_y = displace(at, x, y, HALF)
        assert is_displaced(at)
        assert 0.01 < np.hypot(to_x - x, to_y - y).max() < 0.5, motion
        still = pose_layers(Recipe((Layer(motion, 0.0),)), 0.2)
        assert not is_displaced(still)
        assert np.array_equal(displace(still, x, y, HALF), (x, y))


def test_jelly_stands_on_its_foot_and_a_whirl_leaves_the_middle() -> None:
    foot = np.zeros(1, np.float32), np.full(1, HALF[1], np.float32)
    assert displace(pose_layers(Recipe((Layer("jelly"),)), 0.2), *foot, HALF)[0] == pytest.approx(0)
    none = np.zeros(1, np.float32)
    assert displace(pose_layers(Recipe((Layer("twist"),)), 0.25), none, none, HALF)[0] == pytest.approx(0)


def test_a_box_holds_the_posed_subject(square: Subject) -> None:
    low, high = posed_bounds(square, pose_layers(Recipe((Layer("breathe", 0),)), 0), np.eye(3))
    assert (*low, *high) == pytest.approx((-0.5, -0.5, 0.5, 0.5))
    low, high = posed_bounds(square, pose_layers(Recipe((Layer("spin"),)), 0.125), np.eye(3))
    assert high[0] == pytest.approx(0.5 * math.sqrt(2))


def test_a_box_has_room_for_light_and_ends_at_the_ledge(square: Subject) -> None:
    _, high = posed_bounds(square, pose_layers(Recipe((Layer("glow"),)), 0.5), np.eye(3))
    assert high[0] > 0.6
    _, high = posed_bounds(square, pose_layers(Recipe((Layer("peek"),)), 0.37), np.eye(3))
    assert high[1] == pytest.approx(0.5)


def test_sizes_and_places_are_read_from_a_matrix() -> None:
    both = placing_matrix(3.0, np.array([5.0, 7.0]))
    assert unit_lengths(both) == (3, 3) and scale_of(both) == 3
    assert centre(both) == pytest.approx((5, 7))
    assert unit_lengths(np.diag([2.0, 8.0, 1.0])) == (2, 8) and scale_of(np.diag([2.0, 8.0, 1.0])) == 4


def test_a_part_of_a_turn_goes_there_and_back() -> None:
    quarter = Layer("spin", angle=90.0)
    turned = [pose_layers(Recipe((quarter,)), t)[0]["turn"] for t in (0, 0.25, 0.5, 0.75, 1)]
    assert turned == pytest.approx([0, 45, 90, 45, 0])
    back = [pose_layers(Recipe((Layer("flip", direction="left", angle=180.0),)), t)[0]["tilt"] for t in (0, 0.5)]
    assert back == pytest.approx([0, -180])
