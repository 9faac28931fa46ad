from __future__ import annotations

import io
import json
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest
from django.contrib.auth.models import User
from django.db import connection
from PIL import Image, ImageSequence

from animations import jobs, storage
from animations.actions.export import export as ask_for_export
from animations.actions.generate import generate
from animations.actions.jobs import cancel
from animations.actions.plan.options import GenerateOptions
from animations.actions.previews import preview
from animations.actions.projects.edit import edit
from animations.actions.projects.finish import set_finish
from animations.encode.appearance.warnings import Appearance
from animations.encode.containers.webm.client import CHILD, CLIENT
from animations.encode.platforms import ExportOptions
from animations.finish.options import Caption, Finish, Outline, Placement
from animations.imaging import png
from animations.models import Candidate, Export, Frame, Job, Project
from animations.models.loop import chosen_loop
from animations.models.platforms.rule_override import set_rules
from animations.work.errors import WorkFailed
from animations.work.kinds.export import EARLIER_FINISH, EARLIER_MOTION, begin_export, export
from animations.work.lease import claim
from tests.polling import until
from tests.processes import command_line

GREEN, BLUE = (0, 255, 0, 255), (0, 0, 255, 255)


def test_an_export_is_measured_from_its_own_bytes(ready: Project) -> None:
    row = ask_for_export(ready, ["slack"])[0]
    export(claim(str(row.job_id)))
    row.refresh_from_db()
    file = row.files.get()
    assert row.status == "succeeded"
    assert {check["ok"] for check in row.checks} == {True}
    data = storage.read(file.file.name)
    assert (file.bytes, file.width, file.height, file.format.lower()) == (len(data), 128, 128, "gif")
    with Image.open(io.BytesIO(data)) as gif:
        assert getattr(gif, "n_frames", 1) == file.frames
    assert Job.objects.get(pk=row.job_id).status == "succeeded"


def test_a_preview_becomes_the_export_that_is_asked_for_of_equal_frames(ready: Project) -> None:
    looked_at = preview(ready, "slack")
    assert list(ready.exports.requested()) == []
    jobs.run(str(looked_at.job_id))
    looked_at.refresh_from_db()
    assert (looked_at.status, looked_at.is_preview) == ("succeeded", True)
    assert Appearance(**(looked_at.appearance or {})).faint_on == []
    assert preview(ready, "slack") == looked_at, "it is made once"
    edit(ready, {"name": "Disc"})
    asked_for = ask_for_export(ready, ["slack"])[0]
    assert (asked_for.pk, asked_for.status) == (looked_at.pk, "succeeded")
    assert asked_for.files.get().name == "Disc-slack.gif"
    assert list(ready.exports.requested()) == [asked_for]
    assert preview(ready, "slack") == asked_for, "and the other way round"
    assert ask_for_export(ready, ["slack"]) == [asked_for], "it is fresh: a real report proves every rule"


def test_a_frame_without_a_picture_lends_its_time_to_its_neighbour(ready: Project) -> None:
    Frame.objects.filter(index__in=(0, 3)).update(chosen=None, status="failed")
    shown = chosen_loop(ready)
    assert len(shown.files) == 4
    assert (shown.indices, shown.unfinished) == ((1, 2, 4, 5), (0, 3))
    assert shown.delays_ms == (80, 160, 80, 160)
    first = Frame.objects.get(index=1).chosen
    assert first is not None
    assert shown.files[0] == first.cutout.name


def test_two_loops_are_equal_if_they_show_the_same_for_as_long(ready: Project) -> None:
    before = chosen_loop(ready).digest
    assert chosen_loop(ready).digest == before
    Frame.objects.filter(index=2).update(delay_ms=90)
    assert chosen_loop(ready).digest != before
    Frame.objects.filter(index=2).update(delay_ms=80, chosen=Frame.objects.get(index=3).chosen)
    assert chosen_loop(ready).digest != before


def test_all_exports_of_a_job_begin_with_the_frames_that_it_read(ready: Project) -> None:
    rows = ask_for_export(ready, ["slack", "gif"])
    Frame.objects.filter(index=3).update(chosen=Frame.objects.get(index=2).chosen)
    shown = begin_export(claim(str(rows[0].job_id)))
    assert shown.digest == chosen_loop(ready).digest
    for row in rows:
        row.refresh_from_db()
        assert (row.status, row.frames_digest) == ("running", shown.digest)


def test_an_export_names_the_frames_in_which_nothing_shows_and_refuses_a_loop_of_them(ready: Project) -> None:
    empty = storage.save(ready.pk, png.write(np.zeros((64, 64, 4), np.uint8)), "png")
    Candidate.objects.filter(frame__index=2).update(cutout=empty)
    Frame.objects.filter(index=1).update(chosen=None, status="failed")
    row = ask_for_export(ready, ["webp"])[0]
    jobs.run(str(row.job_id))
    row.refresh_from_db()
    assert row.status == "succeeded"
    assert row.steps[0] == "not finished: frame 2; left out, the frame before stays on"
    assert "nothing shows in frame 3: left out, the frame before stays on" in row.steps
    assert row.checks[-1] == {
        "rule": "visible",
        "limit": "every frame",
        "actual": "every frame",
        "ok": True,
    }
    Candidate.objects.update(cutout=empty)
    row = ask_for_export(ready, ["webp"])[0]
    jobs.run(str(row.job_id))
    row.refresh_from_db()
    assert (row.status, row.error) == ("failed", "Nothing shows in any frame.")


def test_a_project_without_a_frame_cannot_be_exported(ready: Project) -> None:
    rows = ask_for_export(ready, ["gif"])
    Frame.objects.update(chosen=None)
    with pytest.raises(WorkFailed):
        begin_export(claim(str(rows[0].job_id)))
    Job.objects.update(lease_until=None)
    jobs.run(str(rows[0].job_id))
    assert Export.objects.get().status == "failed"


def test_a_file_is_named_after_its_project_in_any_script(ready: Project) -> None:
    edit(ready, {"name": "Mi gato “ñandú” 猫 🐈"})
    row = ask_for_export(ready, ["slack"])[0]
    jobs.run(str(row.job_id))
    assert row.files.get().name == "Mi gato “ñandú” 猫 🐈-slack.gif"


def change_motion(project: Project, prompt: str) -> None:
    """Begin the emoji anew, and end that with one frame."""
    job = generate(project, GenerateOptions(prompt=prompt))
    made = job.candidates.order_by("frame__index").first()
    project.current_frames().filter(index=0).update(chosen=made)
    cancel(job)


def test_an_export_shows_the_motion_for_which_it_was_requested(ready: Project) -> None:
    row = ask_for_export(ready, ["webp"])[0]
    shown = chosen_loop(ready)
    change_motion(ready, "spin")
    change_motion(ready, "sway")
    jobs.run(str(row.job_id))
    row.refresh_from_db()
    assert (row.status, row.frames_digest, row.steps[0]) == ("succeeded", shown.digest, EARLIER_MOTION)
    change_motion(ready, "wobble")
    assert set(ready.frames.values_list("generation", flat=True)) == {3, 4}, "no export needs the first any more"


def shown_in(row: Export) -> list[Image.Image]:
    """Return the frames of a file."""
    jobs.run(str(row.job_id))
    with Image.open(io.BytesIO(storage.read(row.files.get().file.name))) as file:
        return [frame.convert("RGBA").copy() for frame in ImageSequence.Iterator(file)]


def test_a_file_has_the_finish_of_its_request(ready: Project) -> None:
    plain = ask_for_export(ready, ["slack"])[0]
    set_finish(ready, Finish(Placement(), Outline(0.06, "#00ff00"), caption=Caption("Hop", "#0000ff")))
    finished = ask_for_export(ready, ["slack"])[0]
    before, after = shown_in(plain), shown_in(finished)
    counts = [[int((np.asarray(frame) == colour).all(axis=2).sum()) for frame in after] for colour in (GREEN, BLUE)]
    assert min(counts[0]) > 200
    assert min(counts[1]) > 50 and max(counts[1]) - min(counts[1]) < 10
    assert not any((np.asarray(frame) == GREEN).all(axis=2).any() for frame in before)
    assert len(before) == len(after)
    for row in (plain, finished):
        row.refresh_from_db()
        assert row.status == "succeeded"
    assert EARLIER_FINISH in plain.steps
    assert EARLIER_FINISH not in finished.steps


def test_a_file_is_made_with_the_options_of_its_request(ready: Project) -> None:
    rows = ask_for_export(ready, ["gif", "webm", "png_zip"], ExportOptions(loops=2))
    for row in rows:
        assert row.job_id == rows[0].job_id
    export(claim(str(rows[0].job_id)))
    for row in rows:
        row.refresh_from_db()
        assert (row.status, {check["ok"] for check in row.checks}) == ("succeeded", {True}), row.platform
    gif, webm, archive = rows
    assert [check["actual"] for check in gif.checks if check["rule"] == "loops"] == ["2"]
    assert "plays for ever: WebM cannot say how often" in webm.steps
    assert [row.files.get().name.rpartition(".")[2] for row in rows] == ["gif", "webm", "zip"]
    assert storage.read(archive.files.get().file.name).startswith(b"PK")


def test_a_cancelled_export_leaves_its_worker_soon_also_in_the_middle_of_a_video(ready: Project) -> None:
    CLIENT.stop()
    noise = np.random.default_rng(1).integers(0, 256, (512, 512, 4), np.uint8)
    Candidate.objects.update(cutout=storage.save(ready.pk, png.write(noise), "png"))
    row = ask_for_export(ready, ["telegram_sticker"])[0]
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(run_and_disconnect, str(row.job_id))
        until(encoders, 10, "libvpx is at work")
        began = time.monotonic()
        cancel(row.job)
        run.result(30)
        took = time.monotonic() - began
    row.refresh_from_db()
    assert (row.status, encoders()) == ("cancelled", [])
    assert took < 6, f"{took:.1f} s"  # half a second between two checks; this machine may be busy


def test_the_progress_of_a_job_moves_within_a_file_and_between_files(
    ready: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[int, int]] = []
    monkeypatch.setattr("animations.work.lease.Lease.show_progress", lambda _, *done: shown.append(done))
    rows = ask_for_export(ready, ["gif", "slack"])
    export(claim(str(rows[0].job_id)))
    assert shown == sorted(shown)
    assert {total for _, total in shown} == {200}
    for part in (range(1, 100), range(101, 200)):
        assert len([done for done, _ in shown if done in part]) >= 12, "six frames, read and encoded"
    job = Job.objects.get(pk=rows[0].job_id)
    assert (job.status, job.done, job.total) == ("succeeded", 200, 200)


def run_and_disconnect(job: str) -> None:
    try:
        jobs.run(job)
    finally:
        connection.close()


def encoders() -> list[psutil.Process]:
    """Return the processes of this one that encode a video."""
    return [child for child in psutil.Process().children() if CHILD in command_line(child)]


def test_a_file_begins_with_the_poster(ready: Project) -> None:
    edit(ready, {"poster": 4})
    row = ask_for_export(ready, ["webp"])[0]
    jobs.run(str(row.job_id))
    poster = Frame.objects.get(index=4).chosen
    assert poster is not None
    with Image.open(io.BytesIO(storage.read(row.files.get().file.name))) as made:
        first = np.asarray(made.convert("RGBA")).astype(int)
    assert np.abs(first - png.read(storage.read(poster.cutout.name)))[..., 3].mean() < 2


def test_a_job_makes_and_proves_files_by_the_rules_of_its_time(ready: Project, staff: User) -> None:
    row = ask_for_export(ready, ["slack"])[0]
    set_rules("slack", {"width": 64, "height": 64}, staff)
    jobs.run(str(row.job_id))
    row.refresh_from_db()
    assert (row.status, row.files.get().width) == ("succeeded", 64)
    assert {"rule": "pixels", "limit": "64×64", "actual": "64×64", "ok": True} in row.checks


def test_a_platform_refuses_what_flashes_too_often_and_says_what_helps(ready: Project) -> None:
    black, white = (np.dstack([np.full((64, 64, 3), value, np.uint8), np.full((64, 64), 255)]) for value in (0, 255))
    for index in range(6):
        drawn = storage.save(ready.pk, png.write((black, white)[index % 2].astype(np.uint8)), "png")
        Candidate.objects.filter(frame__index=index).update(cutout=drawn)
    rows = ask_for_export(ready, ["twitch", "gif"])
    jobs.run(str(rows[0].job_id))
    refused, gif = (Export.objects.get(pk=row.pk) for row in rows)
    assert refused.status == "failed"
    assert refused.error.startswith("It flashes 6 times a second, more than Twitch emote takes. Soften it")
    assert {"rule": "flashes", "limit": 3, "actual": 6, "ok": False} in refused.checks
    assert Appearance(**(refused.appearance or {})).slow_down is not None
    assert gif.status == "succeeded"
    Frame.objects.update(delay_ms=300)
    row = ask_for_export(ready, ["twitch"])[0]
    jobs.run(str(row.job_id))
    row.refresh_from_db()
    assert row.status == "succeeded", row.error


def test_the_zip_holds_its_own_report(ready: Project) -> None:
    row = ask_for_export(ready, ["png_zip"])[0]
    jobs.run(str(row.job_id))
    row.refresh_from_db()
    data = storage.read(row.files.get().file.name)
    assert row.files.get().bytes == len(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        report = json.loads(archive.read("report.json"))
    assert (report["platform"], report["ok"], report["checks"]) == ("png_zip", True, row.checks)
