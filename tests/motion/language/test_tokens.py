import pytest

from animations.motion.language.tokens import inflect, is_typo_of, number_of, tokenize


def test_text_falls_into_words_joints_and_symbols() -> None:
    assert tokenize("Rubber-band, don’t STOP! (now) 🎉") == ["rubber", "band", ",", "don't", "stop", "now", "🎉"]
    assert tokenize("a&b/c; d+e.") == ["a", "&", "b", "/", "c", ";", "d", "+", "e", "."]
    assert tokenize(" \n\t(!?)") == []


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("bounce", "bounce bounces bounced bouncing bouncy"),
        ("spin", "spin spins spinned spinning spinny"),
        ("sway", "sway sways swayed swaying"),
        ("squash", "squash squashes squashing"),
        ("party", "party parties partied partying"),
        ("float", "float floats floated floating floaty"),
        ("orbit", "orbit orbits orbited orbiting"),
        ("nod", "nod nods nodded nodding"),
    ],
)
def test_words_are_inflected_as_in_english(word: str, forms: str) -> None:
    assert set(forms.split()) <= inflect(word)


def test_near_is_one_slip_of_a_finger() -> None:
    for slip, word in {"bonuce": "bounce", "bouce": "bounce", "bouncce": "bounce", "subtel": "subtle"}.items():
        assert is_typo_of(slip, word), slip
    assert is_typo_of("flickrr", "flickr") and is_typo_of("shivefing", "shivering")
    for other in ("bounce", "bnuoce", "bouncing", "boun", "announce", "ounce", "pounce", "bounced"):
        assert not is_typo_of(other, "bounce"), other


@pytest.mark.parametrize(
    ("word", "other"),
    [("happy", "hoppy"), ("puppy", "poppy"), ("beast", "beats"), ("place", "pace"), ("rocket", "rocked")],
)
def test_another_word_is_no_slip(word: str, other: str) -> None:
    assert not is_typo_of(word, other)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1.5x x2 2×", ["1.5", "x", "x", "2", "2", "x"]),
        ("90deg 180° 50% 0.5s", ["90", "deg", "180", "°", "50", "%", "0.5", "s"]),
        ("rotate -90, bounce-2", ["rotate", "-90", ",", "bounce", "2"]),
        ("3d 2nd bounce2 2-3", ["3d", "2nd", "bounce2", "2-3"]),
        ("½ 1,000 1,5", ["1⁄2", "1,000", "1,5"]),
    ],
)
def test_numbers_stand_apart_from_their_units(text: str, found: list[str]) -> None:
    assert tokenize(text) == found


def test_numbers_have_values() -> None:
    assert [number_of(token) for token in (".5", "24/7", "31⁄2", "50/50")] == [0.5, None, None, None]
    written = ["2", "1.5", "1,5", "1,000", "1⁄2", "1/4", "-90", "2-3", "x", "1/0", "9" * 40]
    assert [number_of(token) for token in written] == [2, 1.5, 1.5, 1000, 0.5, 0.25, -90, None, None, None, None]
