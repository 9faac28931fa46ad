"""Verify a pack's ZIP, read again from its bytes alone, against each rule of its store."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from animations.encode.file_names import safe_stem
from animations.encode.packs.manifest import PackTexts, manifest_problems
from animations.encode.packs.names import ALIAS
from animations.encode.packs.stills import picture_platform
from animations.encode.packs.store import Picture, Store
from animations.encode.readers import Unreadable, read
from animations.encode.verify import UNREADABLE, Check, verify

AS_ASKED: Final = "as asked"
ALL: Final = "every file"
NO_TWO_ALIKE: Final = "no two alike"
ALL_DIFFER: Final = "all differ"
NOT_THERE: Final = "not there"


@dataclass(frozen=True, slots=True)
class FileReport:
    """A sticker's file in the ZIP: its bytes, a check for each rule, and a digest of what it shows."""

    name: str
    bytes: int
    checks: tuple[Check, ...]
    digest: str

    @property
    def broken(self) -> list[str]:
        """The names of the rules that it breaks."""
        return [check.rule for check in self.checks if not check.ok]


@dataclass(frozen=True, slots=True)
class PackReport:
    """A check for each rule of the store, a report on each sticker, and the pairs of files that show the same."""

    checks: tuple[Check, ...]
    files: tuple[FileReport, ...]
    alike: tuple[tuple[str, str], ...]

    @property
    def ok(self) -> bool:
        """True if the store takes the pack as it is."""
        return all(check.ok for check in self.checks)


def verify_pack(path: Path, store: Store, texts: PackTexts, check: Callable[[], None] = lambda: None) -> PackReport:
    """Read a pack's ZIP, one file at a time, and measure it against every rule of `store`.

    `check` is called before each sticker, and ends the reading by raising. Raises `zipfile.BadZipFile`.
    """
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        beside = {picture.name for picture in store.pictures} | {store.manifest_name}
        stickers = [name for name in names if name not in beside]
        files = tuple(_sticker(archive, name, store, check) for name in stickers)
        alike = tuple(_pairs(files))
        checks = (
            Check("stickers", store.count_words, len(stickers), store.allows_count(len(stickers))),
            _names(stickers, names, store),
            _files(files, store),
            *([_differ(alike)] if store.must_differ else []),
            *(_picture(archive, picture, store) for picture in store.pictures),
            *([_manifest(archive, stickers, store)] if store.manifest else []),
            *_texts(texts, store),
            *_size(path.stat().st_size, store),
        )
    return PackReport(checks, files, alike)


def _sticker(archive: zipfile.ZipFile, name: str, store: Store, check: Callable[[], None]) -> FileReport:
    check()
    data = archive.read(name)
    checks = verify(data, store.platform).checks
    digest, pictures = _shown(data) if store.must_differ or store.must_move else (hashlib.sha256(data).hexdigest(), 0)
    if store.must_move:
        checks = (*checks, Check("pictures", "≥ 2", pictures, pictures > 1))
    return FileReport(name, len(data), checks, digest)


def _shown(data: bytes) -> tuple[str, int]:
    """Return a digest of what a file shows, whatever its times are, and how many different pictures that is."""
    try:
        pictures = [hashlib.sha256(frame.tobytes()).digest() for frame in read(data).frames]
    except Unreadable:
        return hashlib.sha256(data).hexdigest(), 0
    return hashlib.sha256(b"".join(pictures)).hexdigest(), len(set(pictures))


def _names(stickers: Sequence[str], names: Sequence[str], store: Store) -> Check:
    """Check that the stickers are numbered without a gap, or have names that people can type, each one its own."""
    suffix = store.platform.suffix
    if store.digits:
        wanted = [f"{number:0{store.digits}}.{suffix}" for number in range(1, len(stickers) + 1)]
        wrong = [name for name, right in zip(stickers, wanted, strict=True) if name != right]
        limit = f"{1:0{store.digits}}.{suffix} …"
    else:
        is_right = _is_file_name if store.is_plain else _is_alias
        wrong = [name for name in stickers if not is_right(name, suffix)]
        limit = f"name.{suffix}"
    wrong += [name for name in set(names) if names.count(name) > 1]
    return Check("names", limit, ", ".join(wrong) or AS_ASKED, not wrong)


def _is_alias(name: str, suffix: str) -> bool:
    stem, _, end = name.partition(".")
    return end == suffix and ALIAS.fullmatch(stem) is not None


def _is_file_name(name: str, suffix: str) -> bool:
    stem, _, end = name.rpartition(".")
    return end == suffix and safe_stem(stem) == stem


def _files(files: Sequence[FileReport], store: Store) -> Check:
    broken = [f"{file.name}: {' '.join(file.broken)}" for file in files if file.broken]
    return Check("files", f"every rule of {store.label}", ", ".join(broken) or ALL, not broken)


def _pairs(files: Sequence[FileReport]) -> Iterator[tuple[str, str]]:
    first: dict[str, str] = {}
    for file in files:
        if file.digest in first:
            yield first[file.digest], file.name
        first.setdefault(file.digest, file.name)


def _differ(alike: Sequence[tuple[str, str]]) -> Check:
    words = ", ".join(f"{one} = {other}" for one, other in alike)
    return Check("differ", NO_TWO_ALIKE, words or ALL_DIFFER, not alike)


def _picture(archive: zipfile.ZipFile, picture: Picture, store: Store) -> Check:
    try:
        data = archive.read(picture.name)
    except KeyError:
        return Check(picture.name, picture.limit, NOT_THERE, ok=False)
    if picture.moves:
        broken = [check.rule for check in verify(data, picture_platform(store, picture)).checks if not check.ok]
        return Check(picture.name, picture.limit, ", ".join(broken) or AS_ASKED, not broken)
    size = _still_size(data)
    is_right = size == (picture.width, picture.height) and len(data) <= (picture.bytes_max or len(data))
    words = f"{size[0]}×{size[1]}, {len(data)} bytes" if size else UNREADABLE
    return Check(picture.name, picture.limit, words, is_right)


def _still_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG that stands still; None for anything else."""
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            image.load()
            return image.size if getattr(image, "n_frames", 1) == 1 else None
    except (OSError, SyntaxError, ValueError):
        return None


def _manifest(archive: zipfile.ZipFile, stickers: Sequence[str], store: Store) -> Check:
    try:
        problems = list(manifest_problems(store, archive.read(store.manifest_name), stickers))
    except KeyError:
        problems = [NOT_THERE]
    return Check(store.manifest_name, ALL, ", ".join(problems) or ALL, not problems)


def _texts(texts: PackTexts, store: Store) -> Iterator[Check]:
    for name, rule in store.texts.items():
        text = getattr(texts, name)
        limit = rule.most if rule.most is not None else "≥ 1"
        yield Check(name, limit, rule.length(text), rule.allows(text))


def _size(size: int, store: Store) -> Iterator[Check]:
    if store.zip_bytes_max is not None:
        yield Check("zip_bytes", store.zip_bytes_max, size, size <= store.zip_bytes_max)
