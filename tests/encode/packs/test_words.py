"""What a pack is called, how its stickers are called, and what it lacks, in words."""

from __future__ import annotations

import json

import pytest

from animations.encode.file_names import safe_stem
from animations.encode.packs.manifest import PackTexts, Words, telegram_name, write_manifest
from animations.encode.packs.missing import find_missing
from animations.encode.packs.names import aliases, file_names, own_stems
from animations.encode.packs.table import STORES

SIX_MORE = "Add 6 more to the set."
ANOTHER = "Make another set of the others."
TEXTS = PackTexts("0f6e2f0c-55a3", "Cats", "Studio")


@pytest.mark.parametrize(
    ("slug", "count", "text", "remedy"),
    [
        ("line_emoji", 6, "LINE wants 8–40, you have 6.", "Add 2 more to the set."),
        ("line_emoji", 43, "LINE wants 8–40, you have 43. Left out at the end: 3.", ANOTHER),
        ("line_sticker", 10, "LINE wants 8, 16 or 24, you have 10. Left out at the end: 2.", SIX_MORE),
        ("line_sticker", 25, "LINE wants 8, 16 or 24, you have 25. Left out at the end: 1.", ANOTHER),
        ("whatsapp", 2, "WhatsApp wants 3–30, you have 2.", "Add 1 more to the set."),
        ("signal", 0, "Signal wants ≥ 1, you have 0.", "Add 1 more to the set."),
    ],
)  # fmt: skip
def test_a_wrong_number_of_stickers_is_said_with_what_mends_it(slug: str, count: int, text: str, remedy: str) -> None:
    assert find_missing(STORES[slug], TEXTS, count) == [{"rule": "count", "text": text, "remedy": remedy}]


def test_what_is_left_out_alike_or_unnamed_is_said() -> None:
    store = STORES["whatsapp"]
    found = find_missing(store, PackTexts("id", "Cats"), 3, [("jump", "nothing shows.")], [("nod", "spin")])
    assert [each["text"] for each in found] == [
        "WhatsApp shows who made a pack.",
        "“jump” is left out: nothing shows.",
        "“nod” and “spin” look the same.",
    ]
    assert all(each["remedy"] for each in found)


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("It was deleted meanwhile.", "undo its deletion and make the pack again."),
        ("A stored file of it was damaged and is being repaired.", "Make the pack again in a minute."),
        ("Nothing shows.", "Mend it, then make the pack again."),
    ],
)
def test_what_mends_an_emoji_that_is_left_out_depends_on_why(reason: str, remedy: str) -> None:
    [lacks] = find_missing(STORES["signal"], PackTexts("id", "Cats", "Me"), 3, [("jump", reason)])
    assert lacks["remedy"].endswith(remedy)


def test_a_title_is_measured_as_the_store_does() -> None:
    assert find_missing(STORES["line_emoji"], PackTexts("id", "고" * 20), 8) == []
    [wide] = find_missing(STORES["line_emoji"], PackTexts("id", "고" * 21), 8)
    assert wide["text"] == "The title is too long: 42 letters, LINE takes 40. Wide letters count double."
    [plain] = find_missing(STORES["telegram_emoji"], PackTexts("id", "a" * 65), 8)
    assert plain["text"] == "The title is too long: 65 letters, Telegram takes 64."


def test_names_are_what_people_can_type() -> None:
    titles = ["Mi Ñandú, jump!", "mi nandu jump", "고양이", "고양이 2", "x", "a" * 50, "a" * 50]
    found = aliases(titles)
    assert found[:5] == ["mi_nandu_jump", "mi_nandu_jump_2", "emoji", "emoji_2", "emoji_x"]
    assert found[5:] == ["a" * 30, "a" * 28 + "_2"]
    assert file_names(STORES["zulip"], ["Nod"]) == ["nod.gif"]
    assert file_names(STORES["apng"], ["고양이, nod", "A/B", "a_b"]) == ["고양이, nod.png", "A_B.png", "a_b 2.png"]
    assert file_names(STORES["line_emoji"], ["Nod", "Nod"]) == ["001.png", "002.png"]


def test_a_manifest_holds_no_more_emoji_and_letters_than_its_store_takes() -> None:
    words = [Words("nod", ("🐱", "🎉", "☕", "🙂"), "b" * 300)]
    [row] = json.loads(write_manifest(STORES["whatsapp"], TEXTS, ["01.webp"], words))["sticker_packs"][0]["stickers"]
    assert (row["emojis"], len(row["accessibility_text"])) == (["🐱", "🎉", "☕"], 255)
    [row] = json.loads(write_manifest(STORES["signal"], TEXTS, ["01.png"], words))["stickers"]
    assert row == {"file": "01.png", "emoji": "🐱"}
    assert write_manifest(STORES["line_emoji"], TEXTS, ["001.png"], words) == b""


def test_a_telegram_link_begins_with_a_letter_and_is_its_own() -> None:
    assert telegram_name(PackTexts("0f6e2f0c-55a3", "9 lives")) == "e_9_lives_0f6e2f0c"
    assert telegram_name(TEXTS) == "cats_0f6e2f0c"


@pytest.mark.parametrize("title", ["고양이" * 30, "a" * 100, "nod \x01 2", "😀" * 50, "e\u0301" * 50, "con"])
def test_emoji_of_one_name_get_files_whose_names_can_all_be_kept(title: str) -> None:
    stems = own_stems([title] * 12)
    assert len({stem.casefold() for stem in stems}) == 12
    assert [safe_stem(stem) for stem in stems] == stems
