"""Write a pack's ZIP of stored stickers, read it again, and store it with the report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from animations import storage
from animations.encode.file_names import safe_stem
from animations.encode.fit import CannotFit
from animations.encode.packs.archive import Sticker, write_pack
from animations.encode.packs.manifest import PackTexts
from animations.encode.packs.missing import DELETED, Missing, find_missing
from animations.encode.packs.stills import draw_still, first_frame, picture_platform
from animations.encode.packs.store import Picture, Store
from animations.encode.packs.verify_pack import PackReport, verify_pack
from animations.models import Pack, PackFile
from animations.work.exports.make_file import make_file
from animations.work.exports.stickers import StickerFile, remaining
from animations.work.lease import Lease


@dataclass(slots=True)
class PackStickers:
    """The stickers with a file, the titles and reasons of those left out, and how many more the set has."""

    stickers: list[StickerFile] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    unused: int = 0

    def leave_out_deleted(self) -> None:
        """Leave out those whose projects were deleted since their files were made."""
        made = self.stickers
        there = remaining([each.member.project.pk for each in made])
        self.stickers = [each for each in made if each.member.project.pk in there]
        self.left_out += [(each.member.words.title, DELETED) for each in made if each.member.project.pk not in there]


@dataclass(frozen=True, slots=True)
class StoredPack:
    """A pack whose files are stored and whose rows are not saved yet, as `Pack.succeed` takes it."""

    files: list[PackFile]
    stickers: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    missing: list[Missing]


def texts_of(pack: Pack) -> PackTexts:
    """Return what a store shows of the pack; one set is one pack there, however often it is made."""
    return PackTexts(str(pack.set_id), pack.title, pack.author)


def store_pack(folder: Path, pack: Pack, store: Store, collected: PackStickers, lease: Lease) -> StoredPack:
    """Write the ZIP into `folder`, verify and store it, with the report beside it. Raises `LeaseLost`."""
    used = collected.stickers[: store.usable_count(len(collected.stickers))]
    stickers = [Sticker(each.member.words, each.path.read_bytes) for each in used]
    left_out = [*collected.left_out]
    path, pictures = folder / "pack.zip", _pictures(lease, store, _cover_first(pack, used), left_out)
    names = write_pack(path, store, texts_of(pack), stickers, pictures)
    report = verify_pack(path, store, texts_of(pack), lease.check)
    title_of = {name: each.member.words.title for name, each in zip(names, used, strict=True)}
    alike = [(title_of[one], title_of[other]) for one, other in report.alike if store.must_differ]
    count = len(collected.stickers) + collected.unused
    missing = find_missing(store, texts_of(pack), count, left_out, alike)
    rows = [_sticker_row(name, each, store) for name, each in zip(names, used, strict=True)]
    checks = [asdict(check) for check in report.checks]
    files = [_zip_file(pack, store, path), _report_file(pack, store, report, rows, missing)]
    return StoredPack(files, rows, checks, missing)


def _cover_first(pack: Pack, used: Sequence[StickerFile]) -> list[StickerFile]:
    """Return the stickers with the one first that the pictures beside them show: the set's cover, if it is there."""
    return sorted(used, key=lambda each: each.member.project.pk != pack.set.cover_id)


def _pictures(
    lease: Lease, store: Store, stickers: Sequence[StickerFile], left_out: list[tuple[str, str]]
) -> dict[str, bytes]:
    """Draw the pictures beside the stickers, of the first; what cannot be made is noted in `left_out`."""
    found: dict[str, bytes] = {}
    for picture in store.pictures:
        try:
            found[picture.name] = _picture(lease, store, picture, stickers)
        except CannotFit as error:
            left_out.append((picture.name, str(error)))
    return found


def _picture(lease: Lease, store: Store, picture: Picture, stickers: Sequence[StickerFile]) -> bytes:
    if not picture.moves:
        return draw_still(first_frame(stickers[0].path.read_bytes()), picture)
    platform = picture_platform(store, picture)
    for member in (each.member for each in stickers):
        try:
            return make_file(lease, member.shown, platform, member.project.finish).data
        except storage.UNREADABLE:  # damaged, or deleted a moment ago: another one stands for the pack
            lease.damaged.add(member.project.pk)
    raise CannotFit(DELETED)


def _sticker_row(name: str, sticker: StickerFile, store: Store) -> dict[str, Any]:
    words = sticker.member.words
    emoji = [*words.emoji[: store.emoji[1]]]
    return {"project": str(sticker.member.project.pk), "file": name, "emoji": emoji, "text": words.text}


def _zip_file(pack: Pack, store: Store, path: Path) -> PackFile:
    name = storage.save_file(pack.job.project_id, path, "zip")
    return _file(pack, store, "zip", name, path.stat().st_size)


def _report_file(
    pack: Pack, store: Store, report: PackReport, rows: list[dict[str, Any]], missing: list[Missing]
) -> PackFile:
    """Store what was proven as JSON. It stands beside the ZIP: a store refuses files that it does not know."""
    measured = {file.name: file for file in report.files}
    found = {
        "store": {"platform": store.slug, "source": store.source, "sure": store.sure, "read_on": store.read_on},
        "title": pack.title,
        "author": pack.author,
        "accepted": report.ok,
        "checks": [asdict(check) for check in report.checks],
        "missing": missing,
        "stickers": [row | asdict(measured[row["file"]]) for row in rows],
    }
    data = json.dumps(found, indent=2, ensure_ascii=False).encode()
    return _file(pack, store, "json", storage.save(pack.job.project_id, data, "json"), len(data))


def _file(pack: Pack, store: Store, kind: str, stored: str, size: int) -> PackFile:
    name = f"{safe_stem(pack.title)}-{store.slug.replace('_', '-')}.{kind}"
    return PackFile(pack=pack, name=name, file=stored, bytes=size, format=kind.upper())
