from __future__ import annotations

from dataclasses import replace

import pytest

from animations.motion.differences import describe_difference
from animations.motion.recipe import Layer, Recipe, variation
from animations.motion.vocabulary import MOTIONS


@pytest.mark.parametrize(
    ("motion", "words"),
    [
        ("jump", ["higher, snappier, leaning along", "leaning along", "lower, snappier, leaning against"]),
        ("sway", ["wider, leaning along", "to the other side, leaning along", "narrower, leaning against"]),
        ("spin", ["leaning along", "to the other side, leaning along", "leaning against"]),
        ("zoom", ["bigger, snappier, leaning along", "leaning along", "smaller, snappier, leaning against"]),
    ],
)
def test_a_variation_says_what_it_does_otherwise(motion: str, words: list[str]) -> None:
    base = Recipe((Layer(motion),))
    assert [describe_difference(base, variation(base, k, seed=7)) for k in (1, 2, 3)] == words


@pytest.mark.parametrize("motion", MOTIONS)
def test_no_two_variations_of_a_motion_are_said_to_be_the_same(motion: str) -> None:
    base = Recipe((Layer(motion),))
    said = [describe_difference(base, variation(base, k, seed=7)) for k in range(4)]
    assert len(set(said)) == len(said)


def test_what_several_layers_do_alike_is_said_once() -> None:
    base = Recipe((Layer("jump"), Layer("zoom")))
    both = replace(base, layers=tuple(replace(layer, amplitude=2.0, follow=1.0) for layer in base.layers))
    assert describe_difference(base, both) == "higher, leaning along, bigger"
    assert describe_difference(base, base) == ""
