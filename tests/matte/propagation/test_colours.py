"""What belongs to the subject is decided by colours that are known from another picture."""

from __future__ import annotations

import numpy as np

from animations.matte.propagation.colours import Example, Guess, decide_by_colour
from tests.matte.propagation.clips import blob, moved


def test_colours_correct_a_guess_within_the_zone_alone() -> None:
    rgb, alpha = moved(0, 0)
    truth = alpha >= 128
    other, _ = moved(6, 0)
    zone = blob((110, 80), 14)
    leaky = truth | zone
    example = Example(other[40:150], moved(6, 0)[1][40:150] >= 128)
    decided = decide_by_colour(example, rgb, leaky, Guess(zone, leaky, np.zeros_like(zone)))
    assert np.mean(decided[zone] == truth[zone]) > 0.9
    assert np.array_equal(decided[~zone], leaky[~zone])


def test_what_is_sure_stands_against_the_colours() -> None:
    rgb, alpha = moved(0, 0)
    zone, sure = blob((110, 80), 14), blob((114, 80), 5)
    leaky = (alpha >= 128) | zone
    window = slice(40, 120), slice(60, 140)
    guess = Guess(zone, leaky, sure).within(window)
    decided = decide_by_colour(Example(rgb, alpha >= 128), rgb[window], leaky[window], guess)
    assert decided[sure[window]].all()
