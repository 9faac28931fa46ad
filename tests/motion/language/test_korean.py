"""Korean words for motions, as people type them, and as the pages show them."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from animations.motion.language.korean import translate_korean
from animations.motion.language.reader import parse_motion
from animations.motion.recipe import INTENSITIES, PACES
from animations.motion.vocabulary import MOTIONS
from animations.translation import translated


@pytest.mark.parametrize(
    ("text", "understood_as"),
    [
        ("통통 튀기", "bounce"),
        ("천천히 두 번 튀기", "slow bounce twice"),
        ("살짝 흔들리게 해 주세요", "subtle shake"),
        ("천천히 흔들면서 빠르게 돌기", "slow shake and fast spin"),
        ("3번 점프하고 회전", "jump 3 times and spin"),
        ("시계 반대 방향으로 돌기", "spin counterclockwise"),
        ("시계 방향 회전", "spin clockwise"),
        ("돌지 말고 튀기", "bounce, without spin"),
        ("흔들림 없이 확대", "zoom in, without shake"),
        ("안 흔들고 점프", "jump, without shake"),
        ("가능한 한 높이 점프", "wild jump"),
        ("slow bounce와 회전", "slow bounce and spin"),
        ("춤을 춰", "dance"),
    ],
)
def test_korean_words_are_understood(text: str, understood_as: str) -> None:
    reading = parse_motion(text)
    assert (reading.understood_as, reading.unknown) == (understood_as, ())


@pytest.mark.parametrize("text", ["돌고래", "해바라기", "고양이"])
def test_a_word_that_only_begins_like_a_short_one_is_none_of_ours(text: str) -> None:
    assert parse_motion(text).unknown == (text,)


def test_what_is_not_korean_stays_as_it_is() -> None:
    assert translate_korean("bounce 1.5x,\ncounter-clockwise") == "bounce 1.5x,\ncounter-clockwise"


def test_comparisons_change_the_motion_that_is_there() -> None:
    jump = parse_motion("jump").recipe
    assert parse_motion("더 높이", jump).understood_as == "strong jump"
    assert parse_motion("더 일찍", jump).understood_as.endswith("earlier")


def test_every_label_in_korean_is_read_as_what_it_labels() -> None:
    with override("ko"):
        for motion in MOTIONS.values():
            reading = parse_motion(translated(motion.label))
            assert reading.recipe and [layer.motion for layer in reading.recipe.layers] == [motion.name]
            assert reading.unknown == ()
        for word in (word for _, _, word in (*INTENSITIES, *PACES) if word):
            assert parse_motion(f"{translated(word)} 튀기").understood_as == f"{word} bounce"


@pytest.mark.parametrize(
    ("example", "understood_as"),
    [
        ("subtle bounce, slow zoom, wobble twice…", "subtle bounce, slow zoom in and wobble twice"),
        ("Try “subtle bounce”, “slow zoom” or “wobble twice”.", "subtle bounce, slow zoom in and wobble twice"),
        ("jump higher", "strong jump"),
    ],
)
def test_the_examples_on_the_pages_are_understood(example: str, understood_as: str) -> None:
    with override("ko"):
        assert parse_motion(translated(example)).understood_as == understood_as
