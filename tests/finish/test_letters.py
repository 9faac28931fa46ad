from __future__ import annotations

import pytest

from animations.finish.caption import load_font
from animations.finish.letters import RANGES, clean_caption, missing_letters


def test_the_font_has_every_letter_that_a_caption_may_have() -> None:
    font = load_font().font_variant(size=12)
    unknown = bytes(font.getmask("\U0001f408"))
    letters = [chr(code) for first, last in RANGES for code in range(first, last + 1)]
    lacking = [letter for letter in letters if letter.strip("\xa0\xad ") and bytes(font.getmask(letter)) == unknown]
    assert lacking == []
    assert len(letters) > 12_000


@pytest.mark.parametrize(
    "text", ["Wow! 100 %", "Ça va, Łódź?", "Γειά σου", "Прыжок ё", "뛰어! 뷁", "かわいい カワイイ"]
)
def test_captions_in_many_scripts_can_be_written(text: str) -> None:
    assert missing_letters(text) == ""


def test_each_letter_that_the_font_lacks_is_named_once() -> None:
    assert missing_letters("a漢漢b🐈\u202e") == "漢🐈\u202e"


def test_a_caption_is_one_line_of_composed_letters() -> None:
    assert clean_caption("  Cafe\u0301\n\tau  lait ") == "Café au lait"
