import pytest

from animations.motion.easing import EASINGS
from animations.motion.language.lexicon import senses
from animations.motion.language.reader import parse_motion
from animations.motion.motion_def import ANCHORS, MotionDef
from animations.motion.vocabulary import MOTIONS

FIELD = {
    "bouncy": "bounce jump squash rubber-band jelly breathe drop",
    "swaying": "wobble sway swing spin flip",
    "travelling": "roll shake nod jitter float orbit slide",
    "scaling": "pulse heartbeat zoom pop",
    "bending": "wave ripple twist",
    "colour": "rainbow glitch blink fade glow",
    "playful": "tada peek party dance",
}


def test_the_vocabulary_has_the_terms_of_the_field() -> None:
    for category, names in FIELD.items():
        assert {motion.name for motion in MOTIONS.values() if motion.category == category} == set(names.split())


@pytest.mark.parametrize("motion", MOTIONS.values(), ids=lambda motion: motion.name)
def test_a_motion_is_whole(motion: MotionDef) -> None:
    assert motion.channels and motion.tags and motion.synonyms
    assert motion.easing in EASINGS
    assert motion.anchor in ANCHORS
    assert set(motion.directions) <= {sense.name for sense in senses().values() if sense.kind == "direction"}
    for track in motion.channels:
        times = [key.at for key in track.keys]
        assert times == sorted(set(times)) and all(0 <= at <= 1 for at in times)
        assert track.keys or track.noise


@pytest.mark.parametrize("motion", MOTIONS.values(), ids=lambda motion: motion.name)
def test_every_label_and_synonym_is_read_as_its_motion(motion: MotionDef) -> None:
    for words in (motion.name, motion.label, *motion.synonyms, *(word for word, _ in motion.directed)):
        recipe = parse_motion(words).recipe
        assert recipe is not None, words
        assert motion.name in [layer.motion for layer in recipe.layers], words


def test_no_synonym_hides_an_intensity_or_a_tempo() -> None:
    kinds = {word: sense.kind for word, sense in senses().items()}
    assert kinds["subtle"] == "intensity" and kinds["slowly"] == "tempo"
    assert "twice" not in kinds, "a number is none of the lexicon's words"
    assert kinds["bouncing"] == kinds["spinning"] == kinds["shaky"] == "motion"
