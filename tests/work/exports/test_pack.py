"""A set becomes a store's ZIP: a job makes it of files that are there or made; rules written apart take it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from animations import jobs, storage
from animations.actions.export import export
from animations.actions.jobs import cancel
from animations.actions.packs.request import PackOptions, missing_for, request_pack
from animations.actions.sets.edit import delete_set
from animations.encode.packs.table import STORES
from animations.models import EmojiSet, Export, Job, Pack, PackFile, Project
from animations.models.job import LeaseLost
from animations.models.loop import ChosenLoop
from animations.models.platforms.rule_override import set_rules
from animations.models.transitions import revise
from animations.work.cleanup.project_files import named_files, sweep
from animations.work.exports.make_file import MadeFile, make_file, store_file
from animations.work.kinds.pack import make_pack
from animations.work.lease import Lease, claim
from animations.work.repair.repair import repair
from tests.encode.packs.store_rules import broken_rules
from tests.work.exports.conftest import MakeSet

MAKE_FILE = "animations.work.exports.stickers.make_file"
SIGNAL = PackOptions("signal", author="Studio")


def made(emoji_set: EmojiSet, asked: PackOptions = SIGNAL) -> Pack:
    pack = request_pack(emoji_set, asked)
    jobs.run(str(pack.job_id))
    pack.refresh_from_db()
    return pack


def file_of(pack: Pack, kind: str) -> bytes:
    return storage.read(str(pack.files.get(format=kind).file))


def zip_of(pack: Pack, folder: Path) -> Path:
    path = folder / "pack.zip"
    path.write_bytes(file_of(pack, "ZIP"))
    return path


def test_a_set_becomes_a_pack_that_its_store_takes(make_set: MakeSet, tmp_path: Path) -> None:
    emoji_set = make_set()
    Project.objects.filter(emoji_set=emoji_set, set_position=1).update(
        tag_text="round\n💫", alt_text="A disc that spins"
    )
    pack = made(emoji_set, PackOptions("telegram_emoji", "Discs", "", ("🎉", "🐱")))
    assert (pack.status, pack.error, pack.missing, pack.is_accepted) == ("succeeded", "", [], True)
    assert broken_rules("telegram_emoji", zip_of(pack, tmp_path), "Discs") == []
    assert [row["file"] for row in pack.stickers] == ["01.webm", "02.webm", "03.webm"]
    assert [row["emoji"] for row in pack.stickers] == [["🎉", "🐱"], ["💫"], ["🎉", "🐱"]]
    assert pack.stickers[1]["text"] == "A disc that spins"
    report = json.loads(file_of(pack, "JSON"))
    assert report["accepted"] is True
    assert all(check["ok"] for sticker in report["stickers"] for check in sticker["checks"])
    assert (pack.job.status, pack.job.done, pack.job.total) == ("succeeded", 4, 4)
    assert {file.name for file in pack.files.all()} == {"Discs-telegram-emoji.zip", "Discs-telegram-emoji.json"}


def test_all_emojis_of_a_set_are_downloaded_at_once_under_their_own_names(make_set: MakeSet, tmp_path: Path) -> None:
    emoji_set = make_set("bounce", "spin")
    Project.objects.filter(emoji_set=emoji_set, set_position=1).update(name="고양이: spin")
    pack = made(emoji_set, PackOptions("webp"))
    assert (pack.status, pack.is_accepted, pack.missing) == ("succeeded", True, [])
    assert broken_rules("webp", zip_of(pack, tmp_path)) == []
    assert [row["file"] for row in pack.stickers] == ["disc, bounce.webp", "고양이_ spin.webp"]


def test_what_a_pack_lacks_is_said_and_the_rest_is_made(make_set: MakeSet, tmp_path: Path) -> None:
    emoji_set = make_set()
    empty = emoji_set.shown_projects()[1]
    empty.frames.update(chosen=None, status="failed")
    pack = made(emoji_set, PackOptions("line_sticker"))
    assert (pack.status, pack.is_accepted) == ("succeeded", False)
    assert [each["text"] for each in pack.missing] == [
        "LINE wants 8, 16 or 24, you have 2.",
        "“disc, spin” is left out: No frame of this emoji is finished yet.",
    ]
    assert broken_rules("line_sticker", zip_of(pack, tmp_path)) == ["2 stickers"], "all else is right, main.png too"


def test_a_pack_of_nothing_fails_and_says_why(make_set: MakeSet) -> None:
    emoji_set = make_set("bounce")
    pack = request_pack(emoji_set, SIGNAL)
    emoji_set.shown_projects()[0].frames.update(chosen=None)
    jobs.run(str(pack.job_id))
    pack.refresh_from_db()
    assert (pack.status, pack.error) == ("failed", "None of the emojis could be made for this pack.")
    assert [each["rule"] for each in pack.missing] == ["count", "left_out"]
    assert Job.objects.get(pk=pack.job_id).status == "failed"


def test_files_that_are_there_are_not_made_again(make_set: MakeSet, monkeypatch: pytest.MonkeyPatch) -> None:
    emoji_set = make_set("bounce", "spin")
    bounce, spin = emoji_set.shown_projects()
    asked = export(bounce, ["signal"])[0]
    jobs.run(str(asked.job_id))
    made_for: list[ChosenLoop] = []

    def counting(lease: Lease, shown: ChosenLoop, *rest: Any) -> MadeFile:
        made_for.append(shown)
        return make_file(lease, shown, *rest)

    monkeypatch.setattr(MAKE_FILE, counting)
    first = made(emoji_set)
    assert len(made_for) == 1
    again = request_pack(emoji_set, SIGNAL)
    assert again == first, "an equal pack is answered"
    other = made(emoji_set, PackOptions("signal", author="Somebody"))
    assert (other != first, len(made_for)) == (True, 1), "the sticker that the first pack has made is there"
    assert not Pack.objects.filter(pk=first.pk).exists(), "the new pack stands in its place"
    assert list(spin.exports.requested()) == []
    assert export(spin, ["signal"])[0].status == "succeeded", "and who asks for the file alone gets it"


def test_a_changed_emoji_or_rule_makes_another_pack(make_set: MakeSet, staff: User) -> None:
    emoji_set = make_set("bounce")
    first = made(emoji_set)
    set_rules("signal", {"bytes_max": 200_000}, staff)
    stricter = made(emoji_set)
    assert stricter != first
    report = json.loads(file_of(stricter, "JSON"))
    assert {"rule": "bytes", "limit": 200_000} in [
        {key: check[key] for key in ("rule", "limit")} for check in report["stickers"][0]["checks"]
    ]
    Project.objects.filter(emoji_set=emoji_set).update(name="Other name")
    assert request_pack(emoji_set, SIGNAL) != stricter


def test_a_cancelled_pack_stops_before_its_next_sticker(make_set: MakeSet, monkeypatch: pytest.MonkeyPatch) -> None:
    emoji_set = make_set("bounce", "spin")
    pack = request_pack(emoji_set, SIGNAL)
    lease = claim(str(pack.job_id))

    def cancelling(*args: Any) -> MadeFile:
        cancel(Job.objects.get(pk=pack.job_id))
        return make_file(*args)

    monkeypatch.setattr(MAKE_FILE, cancelling)
    with pytest.raises(LeaseLost):
        make_pack(lease)
    pack.refresh_from_db()
    assert (pack.status, pack.files.count(), Export.objects.filter(platform="signal").count()) == ("cancelled", 0, 0)


def test_a_run_that_takes_over_finishes_the_pack(make_set: MakeSet, monkeypatch: pytest.MonkeyPatch) -> None:
    emoji_set = make_set("bounce", "spin")
    pack = request_pack(emoji_set, SIGNAL)
    lost = claim(str(pack.job_id))
    monkeypatch.setattr("animations.work.kinds.pack.store_pack", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_pack(lost)
    monkeypatch.undo()
    Job.objects.filter(pk=pack.job_id).update(lease_until=None)
    monkeypatch.setattr(MAKE_FILE, lambda *_: 1 / 0)  # both are there
    jobs.run(str(pack.job_id))
    pack.refresh_from_db()
    assert (pack.status, pack.is_accepted) == ("succeeded", True)


def test_an_emoji_that_is_deleted_or_damaged_meanwhile_is_left_out(
    make_set: MakeSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    emoji_set = make_set("bounce", "spin", "nod")
    _, spin, nod = emoji_set.shown_projects()
    pack = request_pack(emoji_set, SIGNAL)

    def deleting(project: Project, made: MadeFile) -> str:
        if project == spin:
            with revise(spin.pk):
                spin.move_to_trash()
        return store_file(project, made)

    monkeypatch.setattr("animations.work.exports.stickers.store_file", deleting)
    storage.delete(str(nod.current_frames()[2].chosen.cutout))  # type: ignore[union-attr]
    jobs.run(str(pack.job_id))
    pack.refresh_from_db()
    assert pack.status == "succeeded"
    assert [each["text"] for each in pack.missing] == [
        "“disc, spin” is left out: It was deleted meanwhile.",
        "“disc, nod” is left out: A stored file of it was damaged and is being repaired.",
    ]


def test_a_damaged_first_emoji_is_repaired_once_the_packs_job_keeps_it_busy_no_more(make_set: MakeSet) -> None:
    emoji_set = make_set("bounce", "spin")
    first, second = emoji_set.shown_projects()
    assert request_pack(emoji_set, SIGNAL).job.project == first
    for project in (first, second):
        storage.delete(str(project.current_frames()[1].chosen.cutout))  # type: ignore[union-attr]
    pack = made(emoji_set)
    assert (pack.status, [each["rule"] for each in pack.missing]) == ("failed", ["count", "left_out", "left_out"])
    for project in (first, second):
        project.refresh_from_db()
        assert project.status == "working"
        jobs.run(str(project.jobs.live().get().pk))
    assert (made(emoji_set).status, Pack.objects.filter(status="succeeded").get().missing) == ("succeeded", [])


def test_emojis_deleted_between_their_stickers_and_the_zip_are_left_out(
    make_set: MakeSet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    emoji_set = make_set("bounce", "spin", "nod")
    _, spin, nod = emoji_set.shown_projects()
    deleted: list[Project] = []

    def deleting(project: Project, made: MadeFile) -> str:
        if project == nod and not deleted:
            deleted.append(spin)
            Project.objects.get(pk=spin.pk).delete()
        return store_file(project, made)

    monkeypatch.setattr("animations.work.exports.stickers.store_file", deleting)
    pack = made(emoji_set)
    assert (pack.status, pack.error) == ("succeeded", "")
    assert [each["text"] for each in pack.missing] == ["“disc, spin” is left out: It was deleted meanwhile."]
    assert [row["file"] for row in pack.stickers] == ["01.png", "02.png"]
    assert broken_rules("signal", zip_of(pack, tmp_path), "Disc set", "Studio") == []


def test_another_emoji_stands_for_a_pack_whose_covers_frames_are_lost(make_set: MakeSet, tmp_path: Path) -> None:
    emoji_set = make_set("bounce", "spin")
    made(emoji_set, PackOptions("line_sticker"))
    storage.delete(str(emoji_set.shown_projects()[0].current_frames()[1].chosen.cutout))  # type: ignore[union-attr]
    pack = made(emoji_set, PackOptions("line_sticker", "Other title"))
    assert pack.status == "succeeded"
    assert broken_rules("line_sticker", zip_of(pack, tmp_path)) == ["2 stickers"]


def test_the_next_emoji_takes_the_place_of_one_deleted_meanwhile(
    make_set: MakeSet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    motions = ("bounce", "spin", "nod", "jump", "sway", "shake", "wobble", "pulse", "tilt")
    emoji_set = make_set(*motions)
    second = emoji_set.shown_projects()[1]
    EmojiSet.objects.filter(pk=emoji_set.pk).update(cover=second)
    calls: list[object] = []

    def deleting(project: Project, made: MadeFile) -> str:
        calls.append(project)
        if len(calls) == 8:
            Project.objects.get(pk=second.pk).delete()
        return store_file(project, made)

    monkeypatch.setattr("animations.work.exports.stickers.store_file", deleting)
    pack = made(emoji_set, PackOptions("line_sticker"))
    assert (pack.status, pack.is_accepted, len(pack.stickers)) == ("succeeded", True, 8)
    assert broken_rules("line_sticker", zip_of(pack, tmp_path)) == []


def test_a_packs_files_are_kept_counted_repaired_and_swept_with_its_first_emoji(make_set: MakeSet) -> None:
    emoji_set = make_set("bounce")
    project = emoji_set.shown_projects()[0]
    pack = made(emoji_set)
    names = {str(file.file) for file in pack.files.all()}
    assert names <= named_files(project.pk)
    assert sweep(project.pk)
    assert names <= storage.project_files(project.pk)
    project.refresh_from_db()
    assert project.stored_bytes == sum(storage.project_sizes(project.pk).values())
    storage.delete(str(pack.files.get(format="ZIP").file))
    repair(project.pk)
    pack.refresh_from_db()
    assert (pack.status, pack.files.count()) == ("failed", 0)
    assert project in Project.objects.unswept()
    assert sweep(project.pk)
    assert not names & storage.project_files(project.pk)


def test_a_deleted_set_leaves_no_pack_and_no_job(make_set: MakeSet) -> None:
    emoji_set = make_set("bounce")
    pack = request_pack(emoji_set, SIGNAL)
    delete_set(emoji_set.owner, emoji_set)
    jobs.run(str(pack.job_id))
    assert Job.objects.get(pk=pack.job_id).status == "cancelled"
    assert not PackFile.objects.exists()


def test_what_is_missing_is_known_before_a_pack_is_made(make_set: MakeSet) -> None:
    projects = list(make_set("bounce").shown_projects())
    assert missing_for(STORES["signal"], projects, "Discs") == []
    [few] = missing_for(STORES["line_emoji"], projects, "Discs")
    assert few["text"] == "LINE wants 8–40, you have 1."
    projects[0].status = "working"
    [few, unfinished] = missing_for(STORES["whatsapp"], projects, "Discs")
    assert unfinished["text"] == "“disc, bounce” is left out: No frame of this emoji is finished yet."
