"""What belongs to the subject is decided by colours that are known from another picture."""

from __future__ import annotations

import numpy as np

from animations.matte.propagation.colours import Example, decide_by_colour
from tests.matte.propagation.clips import blob, moved


def test_colours_correct_a_guess_within_the_zone_alone() -> None:
    rgb, alpha = moved(0, 0)
    truth = alpha >= 128
    other, _ = moved(6, 0)
    zone = blob((110, 80), 14)
    leaky = truth | zone
    decided = decide_by_colour(Example(other[40:150], moved(6, 0)[1][40:150] >= 128), rgb, leaky, zone, leaky)
    assert np.mean(decided[zone] == truth[zone]) > 0.9
    assert np.array_equal(decided[~zone], leaky[~zone])
