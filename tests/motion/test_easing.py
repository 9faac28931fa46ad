from itertools import pairwise

import pytest

from animations.motion.easing import EASINGS, ease


@pytest.mark.parametrize("name", sorted(EASINGS))
def test_every_easing_starts_at_0_and_ends_at_1(name: str) -> None:
    assert (ease(name, 0), ease(name, 1)) == (0.0, 1.0)
    assert ease(name, 1e-6) == pytest.approx(0, abs=0.002)
    assert ease(name, 1 - 1e-6) == pytest.approx(1, abs=0.002)


@pytest.mark.parametrize("name", sorted(EASINGS))
def test_no_easing_jumps_on_the_way(name: str) -> None:
    values = [ease(name, i / 2000) for i in range(2001)]
    assert max(abs(b - a) for a, b in pairwise(values)) < 0.05


def test_in_starts_slowly_and_out_mirrors_it() -> None:
    for kind in ("sine", "quad", "cubic", "quart", "quint", "expo", "circ", "back", "elastic", "bounce"):
        assert ease(f"ease-in-{kind}", 0.3) < 0.3
        assert ease(f"ease-out-{kind}", 0.7) == pytest.approx(1 - ease(f"ease-in-{kind}", 0.3))
        assert ease(f"ease-in-out-{kind}", 0.5) == pytest.approx(0.5)


def test_curves_of_css_have_their_published_values() -> None:
    assert ease("ease-in-out", 0.5) == pytest.approx(0.5, abs=1e-6)
    assert ease("ease", 0.5) == pytest.approx(0.8024, abs=1e-3)


def test_back_overshoots_and_bounce_touches_the_ground_four_times() -> None:
    assert max(ease("ease-out-back", i / 100) for i in range(100)) == pytest.approx(1.1, abs=0.005)
    touches = [ease("ease-out-bounce", x / 2.75) for x in (1, 2, 2.5)]
    assert touches == pytest.approx([1, 1, 1])
    assert ease("ease-out-bounce", 1.5 / 2.75) == pytest.approx(0.75)


def test_an_unknown_easing_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        ease("ease-sideways", 0.5)
