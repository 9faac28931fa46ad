import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from animations.motion.language.lexicon import senses
from animations.motion.language.reader import Reading, parse_motion
from animations.motion.recipe import Layer, Recipe
from animations.motion.tempo import assign_paces
from animations.motion.vocabulary import MOTIONS


def one(text: str) -> Layer:
    """Return the only layer that `text` is read as."""
    recipe = parse_motion(text).recipe
    assert recipe is not None
    (layer,) = recipe.layers
    return layer


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("bounce", "bounce"),
        ("subtle bounce", "subtle bounce"),
        ("slow zoom", "slow zoom"),
        ("subtle bounce, slow", "subtle bounce, slow"),
        ("slow, subtle bounce", "subtle bounce, slow"),
        ("subtle bounce and slow zoom", "subtle bounce and slow zoom"),
        ("jump higher", "strong jump"),
        ("higher jump", "strong jump"),
        ("Please make it jump a lot higher!", "wild jump"),
        ("bouncing wildly and spins slowly", "wild bounce and slow spin"),
        ("gentle sway with a fast shake", "subtle sway and fast shake"),
        ("spin then pop", "spin and pop"),
        ("very subtle bounce", "tiny bounce"),
        ("bounce very fast", "very fast bounce"),
        ("less wild bounce", "strong bounce"),
        ("a bit slower float", "slow float"),
        ("bounce a bit", "subtle bounce"),
        ("spin counter-clockwise twice", "spin counterclockwise twice"),
        ("spin left", "spin counterclockwise"),
        ("3 big bounces", "strong bounce 3 times"),
        ("shake x2", "shake twice"),
        ("three times nod", "nod 3 times"),
        ("slide from the left", "slide to the right"),
        ("swing around the top", "swing around the top"),
        ("wobble from the bottom", "wobble around the bottom"),
        ("bounce up and down", "bounce"),
        ("shake up and down", "shake up"),
        ("slide from side to side", "slide"),
        ("shrink", "zoom out"),
        ("bouncy spin", "bounce and spin"),
        ("HEART-BEAT", "heartbeat"),
        ("dance like crazy", "wild dance"),
        ("glow & rainbow", "glow and rainbow"),
        ("float in slow motion", "very slow float"),
    ],
)
def test_words_are_understood(text: str, understood: str) -> None:
    reading = parse_motion(text)
    assert (reading.understood_as, reading.unknown) == (understood, ())
    assert reading.recipe is not None


@pytest.mark.parametrize("text", ["", "   ", ",", "slow", "subtle", "and", "please make it"])
def test_words_without_a_motion_make_no_recipe(text: str) -> None:
    assert parse_motion(text) == Reading(None, "", ())


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("purple dinosaur", ("purple", "dinosaur")),
        ("跳ねる", ("跳ねる",)),
        ("🎉", ("🎉",)),
        ("fly to the moon, fly", ("fly", "moon")),
        ("slow dinosaur", ("dinosaur",)),
    ],
)
def test_unknown_words_alone_are_named_and_make_no_recipe(text: str, unknown: tuple[str, ...]) -> None:
    assert parse_motion(text) == Reading(None, "", unknown)


@pytest.mark.parametrize(
    ("text", "understood", "unknown"),
    [
        ("purple bounce", "bounce", ("purple",)),
        ("pulse left", "pulse", ("left",)),
        ("bounce for 3 seconds", "bounce", ("3 seconds",)),
        ("make the snake wobble", "wobble", ("snake",)),
        ("spin wobble sway bounce jump", "spin, wobble, sway and bounce", ("jump",)),
        ("bounce 0 times", "bounce", ("0 times",)),
    ],
)
def test_an_unknown_word_beside_a_motion_is_named(text: str, understood: str, unknown: tuple[str, ...]) -> None:
    reading = parse_motion(text)
    assert (reading.understood_as, reading.unknown) == (understood, unknown)


def test_excluded_motions_are_left_out() -> None:
    assert parse_motion("don't spin, just bounce").understood_as == "bounce, without spin"
    assert parse_motion("bounce without spinning").understood_as == "bounce, without spin"
    assert parse_motion("never spin").recipe is None


@pytest.mark.parametrize(
    ("text", "understood_as"),
    [
        ("BOOOOUNCE!!!", "bounce (“boooounce” read as “bounce”)"),
        ("zoooom", "zoom (“zoooom” read as “zoom”)"),
        ("jellllyyy", "jelly (“jellllyyy” read as “jelly”)"),
        ("sooo slow sway", "very slow sway (“sooo” read as “so”)"),
    ],
)
def test_words_that_are_drawn_out_are_read_as_they_are_written(text: str, understood_as: str) -> None:
    assert parse_motion(text).understood_as == understood_as


def test_letters_in_a_row_that_are_no_word_stay_unknown() -> None:
    assert parse_motion("aaabbbcccdddeee").unknown == ("aaabbbcccdddeee",)
    assert parse_motion("mmmeow bounce").unknown == ("mmmeow",)


def test_a_slip_is_mended_and_said() -> None:
    assert parse_motion("bonuce").understood_as == "bounce (“bonuce” read as “bounce”)"
    assert parse_motion("subtel bounce").understood_as == "subtle bounce (“subtel” read as “subtle”)"
    assert parse_motion("spni").recipe is None  # four letters are too few to guess


def test_degrees_and_comparatives_change_the_amplitude() -> None:
    assert one("subtle bounce").amplitude < one("bounce").amplitude == 1 < one("jump higher").amplitude
    assert one("bigger jump").amplitude > 1 > one("smaller jump").amplitude
    assert one("more jump").amplitude > 1 > one("jump less").amplitude
    assert one("very wild jump").amplitude == 3


def test_slow_lengthens_frames_and_never_the_cycle() -> None:
    slow, fast = parse_motion("slow zoom").recipe, parse_motion("faster zoom").recipe
    assert slow is not None and fast is not None
    assert slow.tempo > 1 > fast.tempo
    assert slow.layers[0].cycles_per_loop == fast.layers[0].cycles_per_loop == 1


def test_a_slow_clause_beside_another_gives_the_other_more_whole_cycles() -> None:
    recipe = parse_motion("bounce and slow zoom").recipe
    assert recipe is not None
    bounce, zoom = recipe.layers
    assert (recipe.tempo, bounce.cycles_per_loop, zoom.cycles_per_loop) == (2, 2, 1)


def test_tempi_that_differ_become_whole_paces() -> None:
    layers = (Layer("bounce"), Layer("zoom"), Layer("shake"))
    paced, tempo = assign_paces(layers, (1.0, 1.6, 0.62))
    assert ([layer.pace for layer in paced], tempo) == ([2, 1, 3], 2.0)
    paced, tempo = assign_paces(layers, (1.6, 1.6, 1.6))
    assert ([layer.pace for layer in paced], tempo) == ([1, 1, 1], 1.6)
    assert assign_paces(layers[:1], (99.0,))[1] == 4


@pytest.mark.parametrize(
    "words",
    ["nod and very fast float", "slow nod and very fast float", "very slow nod and float", "slow nod and fast float"],
)
def test_tempi_side_by_side_are_understood_as_they_were_said(words: str) -> None:
    assert parse_motion(words).understood_as == words


@pytest.mark.parametrize(
    ("motion", "words", "changed"),
    [
        ("jump", "later", Layer("jump", phase=11 / 12)),
        ("jump", "earlier", Layer("jump", phase=1 / 12)),
        ("jump", "as high as possible", Layer("jump", amplitude=3.0)),
        ("sway", "to the other side", Layer("sway", direction="left")),
        ("jelly", "to the other side", Layer("jelly", mirror=True)),
        ("spin", "the other way", Layer("spin", direction="counterclockwise")),
    ],
)
def test_words_about_when_where_and_how_far_change_the_base(motion: str, words: str, changed: Layer) -> None:
    base = Recipe((Layer(motion),))
    reading = parse_motion(words, base)
    assert (reading.recipe, reading.unknown) == (Recipe((changed,)), ())


def test_a_motion_that_is_told_to_the_other_side_twice_is_as_it_was() -> None:
    for motion in ("sway", "jelly", "spin", "slide"):
        there = parse_motion("other side", Recipe((Layer(motion),))).recipe
        assert there != Recipe((Layer(motion),))
        assert parse_motion("other side", there).recipe == Recipe((Layer(motion),))


def test_words_without_a_motion_change_the_base() -> None:
    base = parse_motion("slow bounce").recipe
    assert parse_motion("higher", base).understood_as == "strong bounce, slow"
    assert parse_motion("twice", base).understood_as == "slow bounce twice"
    assert parse_motion("faster", parse_motion("bounce").recipe).understood_as == "fast bounce"
    assert parse_motion("purple", base) == Reading(None, "", ("purple",))
    assert parse_motion("spin", base).understood_as == "spin"


vocabulary = st.lists(st.sampled_from(sorted(senses())), max_size=8).map(" ".join)
BASES = [parse_motion(words).recipe for words in ("slow bounce", "spin twice, then shake", "pulse with a red glow")]


@settings(max_examples=150, deadline=None)
@given(vocabulary | st.text(max_size=60))
def test_a_reading_in_words_is_read_the_same_again(text: str) -> None:
    reading = parse_motion(text)
    if reading.recipe is None:
        assert reading.understood_as == ""
        return
    again = parse_motion(reading.recipe.label)
    assert again.recipe is not None
    assert again.recipe.label == reading.recipe.label
    assert [layer.motion for layer in again.recipe.layers] == [layer.motion for layer in reading.recipe.layers]
    assert again.unknown == ()


@pytest.mark.parametrize(
    ("name", "direction"), [(name, direction) for name, motion in MOTIONS.items() for direction in motion.directions]
)
def test_a_motion_in_a_direction_keeps_its_label_when_it_is_read_again(name: str, direction: str) -> None:
    label = parse_motion(f"{MOTIONS[name].label} {direction}").understood_as
    assert parse_motion(label).understood_as == label


@settings(max_examples=60, deadline=None)
@given(vocabulary | st.text(max_size=300), st.sampled_from([None, *BASES]))
@example(": ", BASES[0])
@example("", BASES[0])
def test_any_text_is_read_and_nothing_is_assumed(text: str, base: Recipe | None) -> None:
    reading = parse_motion(text, base)
    assert isinstance(reading.recipe, Recipe) or (reading.recipe is None and reading.understood_as == "")
