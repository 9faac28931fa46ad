"""Damaged files are made again; nothing broken stays ready, and only originals are lost."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from django.core.management import CommandError, call_command
from pytest_django import Settings

from animations import jobs, storage
from animations.actions.export import export
from animations.imaging.png_chunks import SIGNATURE, pack_chunk
from animations.models import Candidate, Export, ExportFile, Frame, GpuCall, Job, Matte, Project, Source
from animations.work.kinds.export import export as run_export
from animations.work.lease import claim
from animations.work.repair.damage import find_damage
from animations.work.repair.repair import DAMAGED, repair

Make = Callable[..., Project]


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path, valkey: redis.Redis) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def project(media: Path, make_project: Make) -> Project:
    """Make a project whose frames are all drawn."""
    made = make_project(frame_count=3)
    run_queued()
    return made


def run_queued() -> None:
    for job in Job.objects.filter(status="queued"):
        jobs.run(str(job.pk))


def cut_short(media: Path, name: str | None) -> str:
    assert name
    path = media / name
    path.write_bytes(path.read_bytes()[:-20])
    return name


def test_an_emoji_whose_files_are_whole_is_left_alone(project: Project) -> None:
    revision = Project.objects.get().revision
    assert repair(project.pk).damaged == set()
    assert Project.objects.get().revision == revision


def test_the_picture_is_decoded_again_and_an_alpha_taken_from_its_cutout(project: Project, media: Path) -> None:
    candidate = Candidate.objects.order_by("frame__index", "ordinal")[0]
    lost = {cut_short(media, Source.objects.get().picture.name), cut_short(media, candidate.alpha.name)}
    (media / str(candidate.alpha.name)).unlink()
    before = Frame.objects.get(index=0).chosen_id
    report = repair(project.pk)
    assert (report.damaged, report.rebuilt) == (lost, lost)
    assert find_damage(project.pk).damaged == set()
    assert Frame.objects.get(index=0).chosen_id == before


def test_a_frame_that_was_generated_is_drawn_again_and_what_was_chosen_elsewhere_stays(
    project: Project, media: Path
) -> None:
    other = Frame.objects.get(index=2)
    Frame.objects.filter(pk=other.pk).update(chosen=other.candidates.get(ordinal=1))
    frame = Frame.objects.get(index=1)
    assert frame.chosen is not None
    cut_short(media, frame.chosen.cutout.name)
    repair(project.pk)
    assert Project.objects.get().status == "working"
    run_queued()
    frame.refresh_from_db()
    assert Project.objects.get().status == "ready"
    assert frame.chosen is not None
    assert {one.status for one in frame.candidates.all()} == {"ready"}
    assert Frame.objects.get(index=2).chosen_id == other.candidates.get(ordinal=1).pk
    assert find_damage(project.pk).damaged == set()


def test_a_frame_that_cannot_be_drawn_as_it_was_fails_and_can_be_tried_again(project: Project, media: Path) -> None:
    frame = Frame.objects.get(index=1)
    Candidate.objects.update(origin="retried")  # frames of a bounce share files
    for candidate in frame.candidates.all():
        cut_short(media, candidate.cutout.name)
    repair(project.pk)
    frame.refresh_from_db()
    assert (frame.status, frame.chosen, Project.objects.get().status) == ("failed", None, "partial")
    assert {(one.status, one.error) for one in frame.candidates.all()} == {("failed", DAMAGED)}


def test_a_damaged_matte_and_its_call_are_not_used_again(project: Project, media: Path) -> None:
    matte = Matte.objects.get()
    call = GpuCall.objects.create(project=project, key="k", task="rembg", results=[{"alpha": matte.alpha.name}])
    cut_short(media, matte.alpha.name)
    cut_short(media, matte.cutout.name)
    repair(project.pk)
    call.refresh_from_db()
    assert not Matte.objects.exists()
    assert (call.results, call.key) == ([], call.pk.hex)


def png_bomb() -> bytes:
    """Return a PNG that says it has 3.6 billion pixels."""
    header = pack_chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0))
    return SIGNATURE + header + pack_chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + pack_chunk(b"IEND", b"")


@pytest.mark.parametrize("content", [b"", b"GIF89a", png_bomb()], ids=["empty", "garbage", "bomb"])
def test_an_export_that_meets_a_hostile_frame_fails_at_once_and_holds_up_no_other(
    project: Project, media: Path, make_project: Make, content: bytes
) -> None:
    other = make_project(frame_count=2, candidates=1)
    run_queued()
    frame = Frame.objects.get(project=project, index=0)
    assert frame.chosen is not None
    (media / str(frame.chosen.cutout.name)).write_bytes(content)
    (failed,), (whole,) = export(project, ["gif"]), export(other, ["gif"])
    for row in (failed, whole):
        jobs.run(str(row.job_id))
        row.refresh_from_db()
    assert (failed.status, whole.status) == ("failed", "succeeded")
    assert "being repaired" in failed.error
    run_queued()
    (again,) = export(project, ["gif"])
    jobs.run(str(again.job_id))
    assert Export.objects.get(pk=again.pk).status == "succeeded"


def test_a_damaged_export_is_not_offered_any_more(project: Project, media: Path) -> None:
    (row,) = export(project, ["gif"])
    run_export(claim(str(row.job_id)))
    cut_short(media, ExportFile.objects.get().file.name)
    repair(project.pk)
    row.refresh_from_db()
    assert (row.status, row.files.count()) == ("failed", 0)


def test_the_command_says_what_is_damaged_made_again_and_lost(
    project: Project, media: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    original = cut_short(media, Source.objects.get().original.name)
    with pytest.raises(CommandError, match="1 of them are not repaired"):
        call_command("check_files")
    assert f"{original}: damaged" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("check_files", "--repair")
    assert f"{original}: lost" in capsys.readouterr().out


def test_nothing_is_repaired_while_a_job_is_live(project: Project, media: Path) -> None:
    frame = Frame.objects.get(index=0)
    assert frame.chosen is not None
    name = cut_short(media, frame.chosen.cutout.name)
    export(project, ["gif"])
    report = repair(project.pk)
    assert (report.is_busy, report.damaged, report.rebuilt) == (True, {name}, set())
    assert not storage.is_intact(name)
    assert Frame.objects.get(index=0).status == "ready"
