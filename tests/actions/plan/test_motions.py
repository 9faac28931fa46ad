from __future__ import annotations

import pytest

from animations.actions.errors import ActionError
from animations.actions.plan.motions import choose_motion, motion_from_words
from animations.models import Preset
from animations.motion.recipe import read_recipe
from animations.motion.vocabulary import MOTIONS
from tests.conftest import recipe_of


def test_words_become_a_motion_that_says_how_they_were_understood() -> None:
    motion = motion_from_words("slow zoom")
    assert (motion.preset, motion.prompt, motion.understood_as) == (None, "slow zoom", "slow zoom")
    assert motion.recipe == recipe_of("slow zoom")


def test_a_note_does_not_repeat_the_label(db: None) -> None:
    assert motion_from_words("zoom in then out").note == ""
    assert motion_from_words("zoom in then out, qwertyish").note.endswith("Left out: “qwertyish”.")


def test_words_without_a_motion_change_the_base() -> None:
    base = read_recipe(recipe_of("jump"))
    higher = motion_from_words("higher", base)
    assert [layer["motion"] for layer in higher.recipe["layers"]] == [layer.motion for layer in base.layers]
    assert higher.recipe != base.to_json()


def test_words_that_name_no_motion_are_refused_by_name(db: None) -> None:
    with pytest.raises(ActionError, match=r"“qwertyish”.*subtle bounce") as refused:
        motion_from_words("qwertyish")
    assert (refused.value.code, refused.value.attr) == ("not_understood", "prompt")
    with pytest.raises(ActionError, match="these words"):
        motion_from_words(" ")


def test_a_preset_brings_its_own_motion(bounce: Preset) -> None:
    motion = choose_motion("bounce", None)
    assert (motion.preset, motion.prompt, motion.understood_as) == (bounce, "", "bounce")
    assert motion.recipe == bounce.recipe


def test_typed_words_need_no_preset(db: None) -> None:
    motion = choose_motion(None, "wobble twice")
    assert motion == motion_from_words("wobble twice")
    assert motion.preset is None


def test_with_neither_the_first_published_preset_is_chosen(bounce: Preset) -> None:
    first = Preset.objects.create(slug="spin", name="Spin", recipe=recipe_of("spin"), position=0, active=True)
    Preset.objects.create(slug="hidden", name="Hidden", recipe=recipe_of("nod"), position=0, active=False)
    assert choose_motion(None, None).preset == first
    assert choose_motion("", "").preset == first


def test_a_preset_and_words_at_once_are_refused(bounce: Preset) -> None:
    with pytest.raises(ActionError, match="not both") as refused:
        choose_motion("bounce", "wobble")
    assert refused.value.attr == "prompt"


def test_a_preset_that_is_hidden_or_unknown_cannot_be_chosen(bounce: Preset) -> None:
    Preset.objects.update(active=False)
    for slug in ("bounce", "no-such"):
        with pytest.raises(ActionError, match=slug) as refused:
            choose_motion(slug, None)
        assert (refused.value.code, refused.value.attr) == ("does_not_exist", "preset")


def test_without_presets_words_are_required(db: None) -> None:
    with pytest.raises(ActionError) as refused:
        choose_motion(None, None)
    assert (refused.value.code, refused.value.attr) == ("required", "prompt")


def test_a_presets_tag_stands_for_its_motion(bounce: Preset) -> None:
    Preset.objects.update(tags=["Happy", "shape"])
    Preset.objects.create(slug="spin", name="Spin", recipe=recipe_of("spin"), position=9, active=True, tags=["happy"])
    Preset.objects.create(slug="nod", name="Nod", recipe=recipe_of("nod"), position=0, active=False, tags=["happy"])
    for words in ("happy", "shape"):
        assert motion_from_words(words).understood_as == f"bounce (“{words}” taken for “bounce”)"
    assert motion_from_words("happy spin").understood_as == "spin"
    assert motion_from_words("slow happy").recipe == recipe_of("slow bounce")


def test_words_that_leave_no_motion_are_refused_with_a_reason(db: None) -> None:
    with pytest.raises(ActionError, match="Without bounce no motion is left"):
        motion_from_words("no bounce")


def test_a_long_reading_of_words_is_cut_to_its_column(db: None) -> None:
    words = "bounce without " + " or ".join(name for name in MOTIONS if name != "bounce")
    assert len(motion_from_words(words).understood_as) == 300
