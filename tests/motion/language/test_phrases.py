"""Numbers, comparisons, negations and slips, as people type them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from animations.motion.language.lexicon import senses
from animations.motion.language.reader import parse_motion
from animations.motion.recipe import Layer, Recipe
from animations.motion.vocabulary import MOTIONS
from tests.motion.language.phrases import PHRASES

UNITS = ["°", "deg", "degrees", "%", "percent", "s", "seconds", "ms", "fps", "frames", "px", "cm", "min"]
FOREIGN = "hüpfen springen drehen wackeln saltar girar bailar sauter danser trembler pulsare ballare draaien"
NEGATIONS = ["no", "not", "don't", "do not", "never", "without", "stop", "avoid", "no more", "instead of"]


def recipe_of(text: str, base: Recipe | None = None) -> Recipe:
    recipe = parse_motion(text, base).recipe
    assert recipe is not None, text
    return recipe


def one(text: str, base: Recipe | None = None) -> Layer:
    (layer,) = recipe_of(text, base).layers
    return layer


@pytest.mark.parametrize(("text", "understood", "unknown"), PHRASES, ids=[text for text, *_ in PHRASES])
def test_a_phrase_is_understood(text: str, understood: str, unknown: tuple[str, ...]) -> None:
    reading = parse_motion(text)
    assert (reading.understood_as, reading.unknown) == (understood, unknown)


@pytest.mark.parametrize(
    ("text", "angle", "cycles"),
    [("180 flip", 180, 1), ("spin 720°", 0, 2), ("half a turn", 180, 1), ("540 flip", 540, 1), ("3 flips", 0, 3)],
)
def test_degrees_of_a_motion_that_goes_round(text: str, angle: float, cycles: int) -> None:
    assert (one(text).angle, one(text).cycles) == (angle, cycles)


@pytest.mark.parametrize(
    ("text", "amplitude"),
    [
        ("bounce 50%", 0.5),
        ("150% bounce", 1.5),
        ("jump 20% higher", 1.2),
        ("jump 20% less", 0.8),
        ("jump twice as high", 2.0),
        ("half a bounce", 0.5),
        ("swing 30 degrees", 2.0),
        ("swing 7.5°", 0.5),
        ("1.5x jump", 1.5),
        ("zoom 2x", 2.0),
    ],
)
def test_amounts_are_of_the_motion_as_designed(text: str, amplitude: float) -> None:
    assert one(text).amplitude == pytest.approx(amplitude)
    assert one(text).cycles == 1


@pytest.mark.parametrize(
    ("text", "tempo"),
    [
        ("2x faster bounce", 0.5),
        ("bounce twice as fast", 0.5),
        ("bounce at half speed", 2.0),
        ("double speed bounce", 0.5),
        ("bounce three times slower", 3.0),
        ("bounce 50% faster", 1 / 1.5),
        ("bounce 50% slower", 2.0),
        ("bounce at 1.5x", 1 / 1.5),
        ("bounce speed 2x", 0.5),
    ],
)
def test_multiples_of_the_speed_change_the_tempo_alone(text: str, tempo: float) -> None:
    assert recipe_of(text).tempo == pytest.approx(tempo)
    assert (one(text).cycles, one(text).amplitude) == (1, 1.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bounce 100 times", "at most 6 times in a loop, not 100"),
        ("bounce a thousand times", "at most 6 times in a loop, not 1000"),
        ("spin 7200 degrees", "at most 6 times in a loop, not 20"),
        ("bounce 500%", "at most 300%, not 500%"),
        ("bounce 5%", "at least 15%, not 5%"),
        ("bounce 10x faster", "at most 4 times the speed, not 10 times the speed"),
        ("swing 90 degrees", "at most 45 degrees, not 90 degrees"),
    ],
)
def test_a_limit_that_was_met_is_named_and_never_clamped_in_silence(text: str, said: str) -> None:
    reading = parse_motion(text)
    assert said in reading.understood_as
    assert said in reading.notes


def test_a_length_in_pixels_is_left_out_and_taken_for_no_time() -> None:
    reading = parse_motion("bounce 10px")
    assert (reading.unknown, reading.notes) == (("10 px",), ())


def test_a_time_is_left_out_and_it_is_said_where_it_is_set() -> None:
    reading = parse_motion("bounce over 2 seconds")
    assert reading.unknown == ("2 seconds",)
    assert "set with its frames" in reading.notes[0]


def test_an_order_of_motions_is_said_not_to_be_kept() -> None:
    assert "play together" in parse_motion("jump then spin").notes[0]
    assert parse_motion("zoom in then out").notes == ("in and out",)


def test_without_its_only_motion_nothing_is_left_and_it_is_said() -> None:
    assert parse_motion("no bounce").notes == ("Without bounce no motion is left.",)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 999) | st.floats(0.1, 99).map(lambda number: round(number, 1)), st.sampled_from(UNITS))
def test_a_number_with_a_unit_is_never_a_count(number: float, unit: str) -> None:
    for text in (f"bounce {number}{unit}", f"bounce {number} {unit}", f"{number} {unit} bounce"):
        assert one(text).cycles == 1, text


@pytest.mark.parametrize("negation", NEGATIONS)
@pytest.mark.parametrize("name", sorted(MOTIONS))
def test_a_negation_never_leaves_the_motion_in(name: str, negation: str) -> None:
    other = "bounce" if name != "bounce" else "glow"
    label = MOTIONS[name].label
    assert parse_motion(f"{negation} {label}").recipe is None
    for text in (f"{negation} {label}, just {other}", f"{other} {negation} {label}", f"{negation} silly {label}"):
        recipe = parse_motion(text).recipe
        assert recipe is None or [layer.motion for layer in recipe.layers] == [other], text


amounts = st.sampled_from(
    ["2x", "x3", "50%", "90 degrees", "180", "half", "twice", "1.5x", "100 times", "-45°", "2s"]
)
parts = st.sampled_from(sorted(senses())) | amounts


@settings(max_examples=200, deadline=None)
@given(st.lists(parts, max_size=8).map(" ".join))
def test_a_label_with_numbers_is_read_the_same_again(text: str) -> None:
    recipe = parse_motion(text).recipe
    if recipe is not None:
        again = parse_motion(recipe.label)
        assert again.recipe is not None
        assert (again.recipe.label, again.unknown) == (recipe.label, ())


@pytest.mark.parametrize(
    "text", ["happy", "shape", "puppy", "rocket", "beast", "hoping", "singing", "string", "place"]
)
def test_an_ordinary_word_is_no_slip_of_a_motion(text: str) -> None:
    assert parse_motion(text).recipe is None
    assert parse_motion(text).unknown == (text,)


@pytest.mark.parametrize("word", FOREIGN.split())
def test_a_foreign_word_is_named_and_not_guessed(word: str) -> None:
    assert parse_motion(word).recipe is None
    assert parse_motion(word).unknown == (word,)


TAGS = {"happy": "bounce", "bright": "rainbow and subtle bounce", "calm": "slow zoom"}


def test_a_tag_stands_for_its_motion_where_none_is_named() -> None:
    assert parse_motion("happy", tags=TAGS).understood_as == "bounce (“happy” taken for “bounce”)"
    assert parse_motion("a slow happy emoji", tags=TAGS).understood_as.startswith("slow bounce")
    assert [layer.motion for layer in recipe_of_tags("bright").layers] == ["rainbow", "bounce"]
    assert parse_motion("happy spin", tags=TAGS).understood_as == "spin"
    assert parse_motion("happy spin", tags=TAGS).unknown == ("happy",)
    assert parse_motion("not happy", tags=TAGS).recipe is None
    assert parse_motion("calm", tags=TAGS).understood_as == "slow zoom (“calm” taken for “slow zoom”)"
    assert parse_motion("very calm", tags=TAGS).recipe is None, "beside other words it means a degree"
    assert parse_motion("calm", Recipe((Layer("jump"),)), TAGS).understood_as == "subtle jump"


def recipe_of_tags(text: str) -> Recipe:
    recipe = parse_motion(text, tags=TAGS).recipe
    assert recipe is not None
    return recipe


def test_comparisons_are_with_the_base() -> None:
    base = Recipe((Layer("jump", 1.7), Layer("spin")), tempo=1.6)
    assert one("jump higher", Recipe((Layer("jump", 1.7),))).amplitude == pytest.approx(1.7 * 1.4)
    higher = recipe_of("jump higher", base)
    assert [layer.motion for layer in higher.layers] == ["jump", "spin"]
    assert higher.layers[0].amplitude == pytest.approx(1.7 * 1.4)
    assert (higher.layers[1].amplitude, higher.tempo) == (1.0, 1.6)
    assert one("2x", Recipe((Layer("jump"),))).amplitude == 2.0
    assert recipe_of("twice as fast", base).tempo == pytest.approx(0.8)
    assert one("subtle jump", base).amplitude == 0.55
    assert one("wobble higher", base).motion == "wobble"


def test_a_motion_of_the_base_can_be_left_out() -> None:
    base = Recipe((Layer("jump"), Layer("spin")))
    assert parse_motion("without spin", base).understood_as == "jump, without spin"
    assert parse_motion("no jump or spin", base).recipe is None


@pytest.mark.parametrize(
    ("words", "amplitude"),
    [
        ("too high", 0.6),
        ("the jump is too high", 0.6),
        ("too much", 0.6),
        ("jump less high", 0.6),
        ("not high enough", 1.5),
        ("not enough", 1.4),
        ("too subtle", 1.5),
        ("half", 0.5),
        ("20% lower", 0.8),
        ("lower by half", 0.5),
        ("higher, but not too much", 1.4 * 0.6),
    ],
)
def test_words_about_a_motion_of_the_base_correct_it(words: str, amplitude: float) -> None:
    base = Recipe((Layer("jump", 1.0, easing="linear"),))
    corrected = one(words, base)
    assert corrected.amplitude == pytest.approx(amplitude)
    assert replace(corrected, amplitude=1.0) == base.layers[0]
