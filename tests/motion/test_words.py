import pytest

from animations.motion.words import inflected, near, tokens


def test_text_falls_into_words_joints_and_symbols() -> None:
    assert tokens("Rubber-band, don’t STOP! (now) 🎉") == ["rubber", "band", ",", "don't", "stop", "now", "🎉"]
    assert tokens("a&b/c; d+e.") == ["a", "&", "b", "/", "c", ";", "d", "+", "e", "."]
    assert tokens(" \n\t(!?)") == []


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
    assert set(forms.split()) <= inflected(word)


def test_near_is_one_slip_of_a_finger() -> None:
    for slip in ("bonuce", "bouce", "bouncee", "bpunce", "ounce"):
        assert near(slip, "bounce"), slip
    for other in ("bounce", "bnuoce", "bouncing", "boun", "announce"):
        assert not near(other, "bounce"), other
