import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from animations.motion.easing import EASINGS
from animations.motion.motion_def import ANCHORS
from animations.motion.recipe import Layer, Recipe, RecipeError, read_recipe, variation
from animations.motion.vocabulary import MOTIONS


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    motion = draw(st.sampled_from(sorted(MOTIONS)))
    return Layer(
        motion,
        amplitude=draw(st.floats(0, 3)),
        cycles=draw(st.integers(1, 6)),
        pace=draw(st.integers(1, 4)),
        easing=draw(st.sampled_from(["", *sorted(EASINGS)])),
        anchor=draw(st.sampled_from(["", *ANCHORS])),
        direction=draw(st.sampled_from(["", *MOTIONS[motion].directions])),
        phase=draw(st.floats(0, 1)),
        mirror=draw(st.booleans()),
        follow=draw(st.floats(-1, 1)),
        angle=draw(st.floats(0, 2160)) if MOTIONS[motion].is_full_turn else 0.0,
    )


recipes = st.builds(
    Recipe,
    layers=st.lists(layers(), min_size=1, max_size=4).map(tuple),
    seed=st.integers(0, 2**31 - 1),
    tempo=st.floats(0.25, 4),
)


@given(recipes)
def test_a_recipe_goes_to_json_and_back(recipe: Recipe) -> None:
    data = json.loads(json.dumps(recipe.to_json()))
    assert data["version"] == 1
    assert read_recipe(data) == recipe


@given(recipes, st.integers(0, 9), st.integers(0, 10**9))
def test_a_variation_is_a_recipe_of_the_same_label_and_time(recipe: Recipe, k: int, seed: int) -> None:
    varied = variation(recipe, k, seed)
    assert varied == variation(recipe, k, seed)
    assert varied.label == recipe.label
    assert varied.tempo == recipe.tempo
    assert [layer.cycles_per_loop for layer in varied.layers] == [layer.cycles_per_loop for layer in recipe.layers]
    assert read_recipe(varied.to_json()) == varied
    assert (varied == recipe) is (k == 0)


def test_variations_of_different_seeds_differ() -> None:
    bounce = Recipe((Layer("bounce"),))
    assert len({variation(bounce, k, seed) for k in (1, 2, 3) for seed in range(5)}) == 15
    with pytest.raises(ValueError, match="k must be"):
        variation(bounce, -1, 0)


def test_a_direction_that_was_asked_for_is_never_mirrored_away() -> None:
    left = Recipe((Layer("slide", direction="left"),))
    assert not any(variation(left, k, 1).layers[0].mirror for k in range(4))
    assert variation(Recipe((Layer("slide"),)), 2, 1).layers[0].mirror


def test_fields_left_out_take_their_defaults() -> None:
    assert read_recipe({"version": 1, "layers": [{"motion": "spin"}]}) == Recipe((Layer("spin"),))


def test_a_layer_makes_whole_turns() -> None:
    assert Layer("spin", cycles=2, pace=3).cycles_per_loop == 6
    assert Layer("spin").definition is MOTIONS["spin"]


BOUNCE = {"motion": "bounce"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "the recipe must be an object"),
        ([], "the recipe must be an object"),
        ({"layers": [BOUNCE]}, "version must be 1"),
        ({"version": 2, "layers": [BOUNCE]}, "version must be 1"),
        ({"version": True, "layers": [BOUNCE]}, "version must be 1"),
        ({"version": 1}, "layers must be a list"),
        ({"version": 1, "layers": "bounce"}, "layers must be a list"),
        ({"version": 1, "layers": []}, "layers must hold 1 to 4 motions"),
        ({"version": 1, "layers": [BOUNCE] * 5}, "layers must hold 1 to 4 motions"),
        ({"version": 1, "layers": [BOUNCE], "speed": 2}, "speed is not a field"),
        ({"version": 1, "layers": [BOUNCE], "tempo": 9}, "tempo must be between 0.25 and 4"),
        ({"version": 1, "layers": [BOUNCE], "tempo": "slow"}, "tempo must be between 0.25 and 4"),
        ({"version": 1, "layers": [BOUNCE], "seed": 1.5}, "seed must be a whole number"),
        ({"version": 1, "layers": ["bounce"]}, r"layers\[0\] must be an object"),
        ({"version": 1, "layers": [BOUNCE, {}]}, r"layers\[1\].motion is missing"),
        ({"version": 1, "layers": [{"motion": "moonwalk"}]}, r"layers\[0\].motion must be one of bounce, jump"),
        ({"version": 1, "layers": [{"motion": ["bounce"]}]}, r"layers\[0\].motion must be one of"),
        ({"version": 1, "layers": [BOUNCE | {"speed": 2}]}, r"layers\[0\].speed is not a field"),
        ({"version": 1, "layers": [BOUNCE | {"amplitude": 3.1}]}, r"layers\[0\].amplitude must be between 0 and 3"),
        ({"version": 1, "layers": [BOUNCE | {"amplitude": float("nan")}]}, r"layers\[0\].amplitude must be between"),
        ({"version": 1, "layers": [BOUNCE | {"amplitude": True}]}, r"layers\[0\].amplitude must be between"),
        ({"version": 1, "layers": [BOUNCE | {"cycles": 1.5}]}, r"layers\[0\].cycles must be a whole number"),
        ({"version": 1, "layers": [BOUNCE | {"cycles": 0}]}, r"layers\[0\].cycles must be a whole number"),
        ({"version": 1, "layers": [BOUNCE | {"pace": 5}]}, r"layers\[0\].pace must be a whole number"),
        ({"version": 1, "layers": [BOUNCE | {"easing": "swoosh"}]}, r"layers\[0\].easing must be one of"),
        ({"version": 1, "layers": [BOUNCE | {"anchor": "nose"}]}, r"layers\[0\].anchor must be one of"),
        (
            {"version": 1, "layers": [BOUNCE | {"direction": "left"}]},
            r"layers\[0\].direction must be one of nothing, up",
        ),
        ({"version": 1, "layers": [BOUNCE | {"mirror": 1}]}, r"layers\[0\].mirror must be true or false"),
        ({"version": 1, "layers": [BOUNCE | {"phase": -0.1}]}, r"layers\[0\].phase must be between 0 and 1"),
        (
            {"version": 1, "layers": [{"motion": "spin", "angle": 2161}]},
            r"layers\[0\].angle must be between 0 and 2160",
        ),
        ({"version": 1, "layers": [BOUNCE | {"angle": 90}]}, r"layers\[0\].angle is for motions that go round"),
        ({"version": 1, "layers": [BOUNCE | {"follow": 2}]}, r"layers\[0\].follow must be between -1 and 1"),
    ],
)
def test_a_wrong_recipe_names_the_field(data: Any, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        read_recipe(data)


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x, max_size=3), max_leaves=4)
)
def test_whatever_comes_it_is_a_recipe_or_a_recipe_error(data: Any) -> None:
    with pytest.raises(RecipeError):
        read_recipe({"version": 1, "layers": [BOUNCE], "tempo": data, "seed": data})


@pytest.mark.parametrize(
    ("recipe", "label"),
    [
        (Recipe((Layer("bounce"),)), "bounce"),
        (Recipe((Layer("bounce", 0.5),)), "subtle bounce"),
        (Recipe((Layer("zoom"),), tempo=1.6), "slow zoom"),
        (Recipe((Layer("flip", angle=180.0),)), "flip 180 degrees"),
        (Recipe((Layer("bounce", 0.5),), tempo=1.6), "subtle bounce, slow"),
        (Recipe((Layer("bounce", 0.5, pace=2), Layer("zoom")), tempo=2.0), "subtle bounce and slow zoom"),
        (Recipe((Layer("spin", 2.0, 3, direction="counterclockwise"),)), "wild spin counterclockwise 3 times"),
        (
            Recipe((Layer("slide", direction="left"), Layer("rubber-band"), Layer("glow"))),
            "slide to the left, rubber band and glow",
        ),
        (
            Recipe((Layer("sway", anchor="top"), Layer("pop", cycles=2)), tempo=0.6),
            "sway around the top and pop twice, fast",
        ),
    ],
)
def test_a_label_names_the_motions_and_their_manner(recipe: Recipe, label: str) -> None:
    assert recipe.label == label
