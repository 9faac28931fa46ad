"""A pack for each store keeps the store's rules, as read by the product and by rules that were written apart."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from animations.encode.packs.archive import Sticker, write_pack
from animations.encode.packs.manifest import PackTexts, Words
from animations.encode.packs.table import STORES
from animations.encode.packs.verify_pack import verify_pack
from animations.encode.platforms import PLATFORMS
from tests.encode.packs.drawn_packs import TEXTS, file_of, make_pack, pictures_of, sticker
from tests.encode.packs.store_rules import broken_rules

COUNTS = {"line_emoji": 8, "line_sticker": 8, "whatsapp": 3, "telegram_sticker": 1}
NAMES = {
    "line_emoji": ["001.png", "008.png", "tab.png"],
    "line_sticker": ["01.png", "08.png", "main.png", "tab.png"],
    "whatsapp": ["01.webp", "03.webp", "tray.png", "contents.json"],
    "signal": ["01.png", "02.png", "cover.png", "manifest.json"],
    "telegram_emoji": ["01.webm", "02.webm", "manifest.json"],
    "telegram_sticker": ["01.webm", "manifest.json"],
    "slack": ["cat_motion_0.gif", "cat_motion_1.gif"],
    "gif": ["cat, motion 0.gif", "cat, motion 1.gif"],
    "discord_sticker": ["cat_motion_0.png", "cat_motion_1.png"],
}


@pytest.mark.parametrize("slug", STORES)
def test_a_pack_keeps_every_rule_of_its_store(slug: str, tmp_path: Path) -> None:
    count = COUNTS.get(slug, 2)
    _, report = make_pack(tmp_path / "pack.zip", slug, [sticker(slug, number) for number in range(count)])
    assert [check for check in report.checks if not check.ok] == []
    assert broken_rules(slug, tmp_path / "pack.zip", TEXTS.title, TEXTS.author) == []
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        assert set(NAMES.get(slug, ())) <= set(archive.namelist())
    assert len(report.files) == count


def test_the_same_stickers_make_the_same_bytes(tmp_path: Path) -> None:
    stickers = [sticker("signal", number) for number in range(2)]
    for name in ("a", "b"):
        write_pack(tmp_path / name, STORES["signal"], TEXTS, stickers, pictures_of("signal"))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


Files = dict[str, bytes]
Change = Callable[[Files], None]


def rewrite(path: Path, change: Change) -> None:
    """Change the files in a ZIP."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def without(name: str) -> Change:
    return lambda files: files.__delitem__(name)


def putting(name: str, data: Callable[[], bytes]) -> Change:
    return lambda files: files.__setitem__(name, data())


def with_row(name: str, **values: object) -> Change:
    """Write something else about the first sticker into the pack's JSON."""

    def change(files: Files) -> None:
        found = json.loads(files[name])
        rows = found["sticker_packs"][0]["stickers"] if "sticker_packs" in found else found["stickers"]
        rows[0] |= values
        files[name] = json.dumps(found).encode()

    return change


def png(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (width, height), "red").save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("slug", "rule", "change"),
    [
        ("line_emoji", "stickers", without("008.png")),
        ("line_emoji", "names", without("005.png")),
        ("line_emoji", "names", putting("report.json", lambda: b"{}")),
        ("line_emoji", "tab.png", without("tab.png")),
        ("line_emoji", "tab.png", putting("tab.png", lambda: png(96, 96))),
        ("line_emoji", "files", putting("003.png", lambda: file_of("signal", 2))),
        ("line_emoji", "files", putting("003.png", lambda: b"no picture")),
        ("line_emoji", "differ", putting("003.png", lambda: file_of("line_emoji", 1))),
        ("line_sticker", "main.png", putting("main.png", lambda: file_of("line_sticker", 1))),
        ("whatsapp", "tray.png", putting("tray.png", lambda: png(96, 74))),
        ("whatsapp", "contents.json", without("contents.json")),
        ("whatsapp", "contents.json", with_row("contents.json", emojis=[])),
        ("whatsapp", "contents.json", with_row("contents.json", emojis=["🐱"] * 4)),
        ("whatsapp", "contents.json", with_row("contents.json", accessibility_text="a" * 256)),
        ("whatsapp", "contents.json", with_row("contents.json", image_file="09.webp")),
        ("signal", "manifest.json", with_row("manifest.json", emoji="")),
        ("signal", "manifest.json", putting("manifest.json", lambda: b"[]")),
        ("telegram_emoji", "files", putting("02.webm", lambda: file_of("signal", 1))),
        ("slack", "names", putting("Cat Motion.gif", lambda: file_of("slack", 5))),
    ],
)
def test_a_broken_pack_is_found_by_both(slug: str, rule: str, change: Change, tmp_path: Path) -> None:
    path, count = tmp_path / "pack.zip", COUNTS.get(slug, 2)
    make_pack(path, slug, [sticker(slug, number) for number in range(count)])
    rewrite(path, change)
    report = verify_pack(path, STORES[slug], TEXTS)
    assert rule in [check.rule for check in report.checks if not check.ok]
    assert is_refused(slug, path)


def is_refused(slug: str, path: Path) -> bool:
    """Return whether the rules that were written apart find something, or do not find what they ask for."""
    try:
        return bool(broken_rules(slug, path, TEXTS.title, TEXTS.author))
    except (AssertionError, KeyError, TypeError, OSError):
        return True


def test_alike_stickers_are_named_in_pairs(tmp_path: Path) -> None:
    stickers = [sticker("line_emoji", number) for number in (0, 1, 2, 3, 4, 5, 6, 1)]
    _, report = make_pack(tmp_path / "pack.zip", "line_emoji", stickers)
    assert report.alike == (("002.png", "008.png"),)
    assert not report.ok


def test_a_picture_that_stands_still_is_no_animated_sticker(tmp_path: Path) -> None:
    stickers = [sticker("whatsapp", number) for number in range(2)]
    file = io.BytesIO()
    Image.new("RGBA", (512, 512), "red").save(file, "WEBP")
    stickers.append(Sticker(Words("still", ("🐱",), "still"), file.getvalue))
    _, report = make_pack(tmp_path / "pack.zip", "whatsapp", stickers)
    assert "pictures" in report.files[2].broken
    assert broken_rules("whatsapp", tmp_path / "pack.zip", TEXTS.title, TEXTS.author)


def test_stickers_are_held_against_the_rules_that_are_in_use(tmp_path: Path) -> None:
    store, _ = make_pack(tmp_path / "pack.zip", "slack", [sticker("slack", 0)])
    stricter = replace(store, rules=replace(store.platform, bytes_max=100))
    assert verify_pack(tmp_path / "pack.zip", stricter, TEXTS).files[0].broken == ["bytes"]


def test_texts_that_are_too_long_or_missing_break_the_pack(tmp_path: Path) -> None:
    stickers = [sticker("line_emoji", number) for number in range(8)]
    for title in ("고" * 21, "a" * 41):
        _, report = make_pack(tmp_path / "pack.zip", "line_emoji", stickers, replace(TEXTS, title=title))
        assert [check.rule for check in report.checks if not check.ok] == ["title"]
        assert broken_rules("line_emoji", tmp_path / "pack.zip", title) == [f"{title}: too long"]
    _, report = make_pack(tmp_path / "pack.zip", "signal", [sticker("signal", 0)], replace(TEXTS, author=""))
    assert [check.rule for check in report.checks if not check.ok] == ["author"]
    assert broken_rules("signal", tmp_path / "pack.zip", TEXTS.title, "") == ["names"]


def test_a_zip_of_twenty_megabytes_is_too_large_for_line_emoji(tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    make_pack(path, "line_emoji", [sticker("line_emoji", number) for number in range(8)])
    rewrite(path, putting("008.png", lambda: file_of("line_emoji", 7) + bytes(20_000_000)))
    report = verify_pack(path, STORES["line_emoji"], TEXTS)
    assert {"zip_bytes", "files"} <= {check.rule for check in report.checks if not check.ok}
    assert "ZIP of 20 MB" in broken_rules("line_emoji", path, TEXTS.title)


def test_a_pack_of_forty_large_stickers_needs_little_memory(tmp_path: Path) -> None:
    texts = PackTexts("id", "forty", "somebody")
    stickers = [Sticker(Words(f"noise {number}"), partial(bytes, 500_000)) for number in range(40)]
    tracemalloc.start()
    write_pack(tmp_path / "pack.zip", STORES["slack"], texts, stickers, {})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "pack.zip").stat().st_size > 20_000_000
    assert peak < 3_000_000


def test_a_store_is_called_as_the_platform_of_its_stickers() -> None:
    assert STORES["line_emoji"].label == PLATFORMS["line_emoji"].label != ""
    assert all(store.label == store.platform.label for store in STORES.values())
