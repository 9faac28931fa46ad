from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils.translation import override

from animations.translation import translated, translated_motion, translated_rule


@pytest.fixture(autouse=True)
def _korean() -> Iterator[None]:
    with override("ko"):
        yield


def test_a_text_is_translated_by_its_english() -> None:
    assert translated("This file is empty.") == "빈 파일이에요."


def test_a_text_with_values_is_found_by_its_template() -> None:
    text = "This clip is 5000×2500 px; at most 4096×2304 are allowed."
    assert translated(text) == "이 영상은 5000×2500px예요. 4096×2304까지 쓸 수 있어요."


def test_a_value_that_is_a_text_is_translated_too() -> None:
    text = "The background could not be removed: The GPU endpoint lost the job."
    assert translated(text) == "배경을 지우지 못했어요: GPU 엔드포인트가 작업을 잃어버렸어요."


def test_sentences_are_translated_one_by_one() -> None:
    text = "This file is empty. There is no platform “myspace”."
    assert translated(text) == "빈 파일이에요. “myspace” 플랫폼은 없어요."


def test_values_keep_their_names_where_the_order_differs() -> None:
    text = "12 of 30 frames kept, in the same time"
    assert translated(text) == "시간은 그대로, 30프레임 중 12프레임만 남겼어요"


def test_what_is_not_known_and_english_itself_stay_as_they_are() -> None:
    assert translated("Somebody's own words") == "Somebody's own words"
    assert translated("") == ""
    with override("en"):
        assert translated("This file is empty.") == "This file is empty."


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("bounce", "통통 튀기"),
        ("subtle bounce, slow", "살짝 통통 튀기, 천천히"),
        ("strong very fast spin to the left twice", "왼쪽으로 크게 아주 빠르게 돌기 두 번"),
        ("spin 90 degrees around the bottom", "아래쪽을 중심으로 돌기 90도"),
        ("subtle bounce and slow zoom, without spin", "살짝 통통 튀기, 천천히 확대하기, 돌기 없이"),
        ("bounce (“bouncee” read as “bounce”)", "통통 튀기 (“bouncee” 대신 “bounce”라고 읽음)"),
        ("higher, leaning along", "더 높이, 함께 기울며"),
    ],
)
def test_a_motion_is_put_into_the_order_of_the_language(english: str, korean: str) -> None:
    assert translated_motion(english) == korean


@pytest.mark.parametrize(
    ("rule", "korean"),
    [
        (128000, 128000),
        ("for ever", "계속"),
        ("square, 36, 40 or 44", "정사각형, 36, 40 또는 44"),
        ("128×128", "128×128"),
        ("square, ≤ 96×96, longer side ≥ 32", "정사각형, ≤ 96×96, 긴 변 ≥ 32"),
    ],
)
def test_a_rule_is_translated_between_its_commas(rule: int | str, korean: int | str) -> None:
    assert translated_rule(rule) == korean
