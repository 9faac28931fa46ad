"""The stores' rules once more, written from their guidelines by hand: nothing of the product is read here.

`broken_rules` opens a finished ZIP as a store would, with other decoders than the product's own checks.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageSequence

ALIAS = re.compile(r"[a-z0-9_]{2,30}")
Timeline = tuple[str, int, int, list[int], int, int]
"""Format, width, height, delays in ms, plays (0: for ever), different pictures."""


def broken_rules(slug: str, path: Path, title: str = "", author: str = "") -> list[str]:
    """Return in words what the store would refuse; nothing for a pack that it takes."""
    with zipfile.ZipFile(path) as archive:
        if archive.testzip() is not None:
            return ["the ZIP is damaged"]
        files = {name: archive.read(name) for name in archive.namelist()}
        if len(files) != len(archive.namelist()):
            return ["two files of one name"]
    rules = {
        "line_emoji": line_emoji, "line_sticker": line_sticker, "whatsapp": whatsapp, "signal": signal,
        "telegram_emoji": telegram, "telegram_sticker": telegram,
    }  # fmt: skip
    if slug in rules:
        return list(rules[slug](slug, files, path.stat().st_size, title, author))
    return list(plain_files(slug, files) if slug in ("gif", "webp", "apng") else chat_names(slug, files))


def line_emoji(_slug: str, files: dict[str, bytes], size: int, title: str, author: str) -> Iterator[str]:
    stickers = numbered(files, "{:03}.png", {"tab.png"})
    yield from line_texts(title, author)
    if not 8 <= len(stickers) <= 40:
        yield f"{len(stickers)} emoji"
    if size >= 20_000_000:
        yield "ZIP of 20 MB"
    yield from still("tab.png", files, (96, 74))
    yield from unknown(files, [*stickers, "tab.png"])
    seen: dict[bytes, str] = {}
    for name in stickers:
        data = files[name]
        kind, width, height, delays, plays, pictures = played(data)
        if (kind, width, height) != ("PNG", 180, 180):
            yield f"{name}: {kind} {width}×{height}"
        yield from line_times(name, data, delays, plays, pictures)
        if sum(delays) not in (1000, 2000, 3000, 4000):
            yield f"{name}: plays {sum(delays)} ms"
        shown = Image.open(io.BytesIO(data)).convert("RGBA").tobytes() + bytes(str(delays), "ascii")
        if shown in seen:
            yield f"{name}: as {seen[shown]}"
        seen[shown] = name


def line_sticker(_slug: str, files: dict[str, bytes], size: int, title: str, author: str) -> Iterator[str]:
    beside = {"main.png", "tab.png"}
    stickers = numbered(files, "{:02}.png", beside)
    yield from line_texts(title, author)
    if len(stickers) not in (8, 16, 24):
        yield f"{len(stickers)} stickers"
    if size > 20_000_000:
        yield "ZIP above 20 MB"
    yield from still("tab.png", files, (96, 74))
    yield from unknown(files, [*stickers, *beside])
    for name in [*stickers, "main.png"]:
        if name not in files:
            yield f"{name}: not there"
            continue
        kind, width, height, delays, plays, pictures = played(files[name])
        fits = (width, height) == (240, 240) if name == "main.png" else width <= 320 and height <= 270
        if kind != "PNG" or not fits or (name != "main.png" and max(width, height) < 270):
            yield f"{name}: {kind} {width}×{height}"
        yield from line_times(name, files[name], delays, plays, pictures)


def line_times(name: str, data: bytes, delays: list[int], plays: int, pictures: int) -> Iterator[str]:
    if len(data) > 300_000:
        yield f"{name}: {len(data)} bytes"
    if not 5 <= len(delays) <= 20:
        yield f"{name}: {len(delays)} frames"
    if not 1 <= plays <= 4 or sum(delays) * plays > 4000:
        yield f"{name}: {plays} times {sum(delays)} ms"
    if pictures < 2:
        yield f"{name}: frames that are all equal"


def line_texts(title: str, author: str) -> Iterator[str]:
    for text, most in ((title, 40), (author, 50)):
        if sum(2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1 for letter in text) > most:
            yield f"{text}: too long"


def whatsapp(_slug: str, files: dict[str, bytes], _size: int, title: str, author: str) -> Iterator[str]:
    [pack] = json.loads(files["contents.json"])["sticker_packs"]
    stickers = pack["stickers"]
    yield from still(pack["tray_image_file"], files, (96, 96), 50_000)
    yield from unknown(
        files, ["contents.json", pack["tray_image_file"], *(sticker["image_file"] for sticker in stickers)]
    )
    if not 3 <= len(stickers) <= 30:
        yield f"{len(stickers)} stickers"
    if not (pack["identifier"] and pack["name"] and pack["publisher"]) or pack["animated_sticker_pack"] is not True:
        yield "names"
    if (pack["name"], pack["publisher"]) != (title, author):
        yield "other names than asked for"
    for sticker in stickers:
        name = sticker["image_file"]
        if not 1 <= len(sticker["emojis"]) <= 3 or not all(is_emoji(each) for each in sticker["emojis"]):
            yield f"{name}: emoji"
        if not 0 < len(sticker["accessibility_text"]) <= 255:
            yield f"{name}: text"
        kind, width, height, delays, _, _ = played(files[name])
        if (kind, width, height) != ("WEBP", 512, 512) or len(files[name]) > 500_000 or len(delays) < 2:
            yield f"{name}: {kind} {width}×{height}, {len(files[name])} bytes, {len(delays)} frames"
        if min(delays) < 8 or sum(delays) > 10_000:
            yield f"{name}: plays {sum(delays)} ms"


def signal(_slug: str, files: dict[str, bytes], _size: int, title: str, author: str) -> Iterator[str]:
    manifest = json.loads(files["manifest.json"])
    if (manifest["title"], manifest["author"]) != (title, author) or not author:
        yield "names"
    with Image.open(io.BytesIO(files[manifest["cover"]])) as cover:
        if cover.width != cover.height or cover.width > 512 or len(files[manifest["cover"]]) > 300_000:
            yield "cover"
    names = [sticker["file"] for sticker in manifest["stickers"]]
    yield from unknown(files, ["manifest.json", manifest["cover"], *names])
    for sticker in manifest["stickers"]:
        name = sticker["file"]
        kind, width, height, delays, plays, _ = played(files[name])
        if kind != "PNG" or width != height or width > 512 or len(files[name]) > 300_000:
            yield f"{name}: {kind} {width}×{height}, {len(files[name])} bytes"
        if sum(delays) > 3000 or (len(delays) > 1 and plays != 0):
            yield f"{name}: {plays} times {sum(delays)} ms"
        if not is_emoji(sticker["emoji"]):
            yield f"{name}: emoji"


def telegram(slug: str, files: dict[str, bytes], _size: int, title: str, _author: str) -> Iterator[str]:
    manifest = json.loads(files["manifest.json"])
    name, set_kind = manifest["name"], {"telegram_emoji": "custom_emoji"}.get(slug, "regular")
    link = "https://t.me/addemoji/" if slug == "telegram_emoji" else "https://t.me/addstickers/"
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,63}", name) or "__" in name or manifest["link"] != link + name:
        yield f"link {manifest['link']}"
    if manifest["title"] != title or not 1 <= len(title) <= 64 or manifest["sticker_type"] != set_kind:
        yield "names"
    yield from unknown(files, ["manifest.json", *(sticker["sticker"] for sticker in manifest["stickers"])])
    for sticker in manifest["stickers"]:
        data = files[sticker["sticker"]]
        width, height, seconds, rate = film(data)
        fits = (width, height) == (100, 100) if slug == "telegram_emoji" else max(width, height) == 512
        if not fits or len(data) > 256_000 or seconds > 3.0 or rate > 30.01:
            yield f"{sticker['sticker']}: {width}×{height}, {len(data)} bytes, {seconds} s, {rate} a second"
        if sticker["format"] != "video" or not sticker["emoji_list"] or not all(map(is_emoji, sticker["emoji_list"])):
            yield f"{sticker['sticker']}: emoji"


def chat_names(slug: str, files: dict[str, bytes]) -> Iterator[str]:
    """Check chats that take one emoji after the other, each with the name of its file."""
    end, kind, most, side = {
        "slack": (".gif", "GIF", 128_000, 128),
        "discord_emoji": (".gif", "GIF", 256_000, 128),
        "discord_sticker": (".png", "PNG", 512_000, 320),
        "mattermost": (".gif", "GIF", 512_000, 0),
        "zulip": (".gif", "GIF", 5 * 1024 * 1024, 0),
    }[slug]
    for name, data in files.items():
        if not name.endswith(end) or not ALIAS.fullmatch(name.removesuffix(end)):
            yield f"{name}: name"
            continue
        found, width, height, delays, _, _ = played(data)
        if found != kind or len(data) > most or (side and (width, height) != (side, side)):
            yield f"{name}: {found} {width}×{height}, {len(data)} bytes"
        if (slug == "slack" and len(delays) > 50) or (slug == "mattermost" and len(delays) > 32):
            yield f"{name}: {len(delays)} frames"
        if slug == "discord_sticker" and sum(delays) > 5000:
            yield f"{name}: {sum(delays)} ms"


def plain_files(slug: str, files: dict[str, bytes]) -> Iterator[str]:
    end, kind = {"gif": (".gif", "GIF"), "webp": (".webp", "WEBP"), "apng": (".png", "PNG")}[slug]
    for name, data in files.items():
        if not name.endswith(end) or re.search(r'[/\\:*?"<>|\x00-\x1f]', name) or name.startswith("."):
            yield f"{name}: name"
        elif (found := played(data)[0]) != kind:
            yield f"{name}: {found}"


def numbered(files: dict[str, bytes], pattern: str, beside: set[str]) -> list[str]:
    count = len(files.keys() - beside)
    return [name for name in (pattern.format(number) for number in range(1, count + 1)) if name in files]


def unknown(files: dict[str, bytes], known: list[str]) -> Iterator[str]:
    yield from (f"{name}: unknown file" for name in files if name not in known)
    yield from (f"{name}: not there" for name in known if name not in files)


def still(name: str, files: dict[str, bytes], size: tuple[int, int], most: int = 1_000_000) -> Iterator[str]:
    if name not in files:
        return
    kind, width, height, delays, _, _ = played(files[name])
    if kind != "PNG" or (width, height) != size or len(files[name]) > most or len(delays) > 1:
        yield f"{name}: {kind} {width}×{height}, {len(files[name])} bytes"


def is_emoji(text: Any) -> bool:
    return isinstance(text, str) and 0 < len(text) <= 12 and all(ord(letter) >= 0x2000 for letter in text)


def played(data: bytes) -> Timeline:
    with Image.open(io.BytesIO(data)) as image:
        kind, width, height, plays = image.format or "", image.width, image.height, image.info.get("loop", 0)
        delays, shown = [], set()
        for frame in ImageSequence.Iterator(image):
            shown.add(frame.convert("RGBA").tobytes())  # decodes it: until then a WebP does not tell its time
            delays.append(round(frame.info.get("duration", 0)))
    return kind, width, height, delays, plays, len(shown)


def film(data: bytes) -> tuple[int, int, float, float]:
    """Return width, height, seconds and frames a second of a WebM in VP9 that has alpha and no sound."""
    with av.open(io.BytesIO(data), "r") as container:
        [stream] = container.streams.video
        assert len(container.streams) == 1
        assert stream.codec_context.name in ("vp9", "libvpx-vp9")
        assert stream.metadata.get("alpha_mode") == "1"
        frames = sum(1 for packet in container.demux(stream) if packet.size)
        seconds = (container.duration or 0) / av.time_base
        return stream.codec_context.width, stream.codec_context.height, seconds, frames / seconds if seconds else 0
