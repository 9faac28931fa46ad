"""What an emoji is called for people who cannot see it, and tagged with for stores."""

from __future__ import annotations

import pytest
from django.utils import translation

from animations.encode.graphemes import is_emoji
from animations.models import Project
from animations.motion.descriptions import DESCRIPTIONS
from animations.motion.vocabulary import MOTIONS
from animations.payloads import alt_text_of, emoji_tags_of, tags_of
from tests.conftest import recipe_of


def test_every_motion_has_an_emoji_and_a_sentence_with_the_name() -> None:
    assert set(DESCRIPTIONS) == set(MOTIONS)
    assert all(is_emoji(each.emoji) and each.text.count("{name}") == 1 for each in DESCRIPTIONS.values())


@pytest.mark.parametrize("text", ["🎉", "❤️", "❤", "👍🏽", "👩‍👩‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇰🇷", "1️⃣", "🙅‍♀️", "©️", "✨"])  # fmt: skip
def test_an_emoji_of_any_kind_is_one(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize("text", ["", "a", "cat", "1", "🎉🎉", "🎉 ", "猫", "→x", "#"])
def test_what_is_no_single_emoji_is_none(text: str) -> None:
    assert not is_emoji(text)


@pytest.mark.parametrize(
    ("values", "alt_text", "tags"),
    [
        ({"name": "chelsea, subtle jump"}, "chelsea jumping", ["🙌"]),
        ({"name": "Chelsea, the cat", "has_own_name": True}, "Chelsea, the cat jumping", ["🙌"]),
        ({"name": "{0} {x.y} %s, jump"}, "{0} {x.y} %s jumping", ["🙌"]),
        ({"name": "clip", "recipe": {}}, "clip", []),
        ({"name": "old", "recipe": {"layers": []}}, "old", []),
        ({"name": "x", "alt_text": "A cat", "tag_text": "cat\nblue"}, "A cat", ["cat", "blue"]),
        ({"name": "x", "alt_text": "", "tag_text": ""}, "", []),
    ],
)
def test_the_motion_drafts_words_until_the_owner_writes_others(
    values: dict[str, object], alt_text: str, tags: list[str]
) -> None:
    project = Project(**{"recipe": recipe_of("jump and slow spin")} | values)
    assert (alt_text_of(project), tags_of(project)) == (alt_text, tags)


def test_the_draft_is_in_the_language_of_who_reads_it() -> None:
    project = Project(name="첼시, 파티", recipe=recipe_of("party"))
    with translation.override("ko"):
        assert alt_text_of(project) == "파티를 즐기는 첼시"


@pytest.mark.parametrize(
    ("tag_text", "emoji"),
    [("cat\n🐈\nblue\n🎉", ["🐈", "🎉"]), ("cat", ["🙌"]), ("😀\n😃\n😄\n😁", ["😀", "😃", "😄"]), (None, ["🙌"])],
)
def test_a_store_gets_one_to_three_emoji(tag_text: str | None, emoji: list[str]) -> None:
    assert emoji_tags_of(Project(recipe=recipe_of("jump"), tag_text=tag_text)) == emoji


def test_a_clip_without_tags_has_an_emoji_for_a_store_all_the_same() -> None:
    assert emoji_tags_of(Project(recipe={}, tag_text="")) == ["🙂"]
