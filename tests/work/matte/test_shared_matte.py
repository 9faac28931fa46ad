from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from animations import jobs, storage
from animations.actions.jobs import cancel
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.delete import delete
from animations.actions.sets.create import create_set
from animations.actions.sets.edit import retry_set
from animations.imaging import png
from animations.models import EmojiSet, GpuCall, Job, Matte, Project
from animations.motion.recipe import read_recipe
from animations.work.drawing import renderer_for
from animations.work.lease import claim
from animations.work.matte.shared_matte import matte_once, wait_for_matte
from animations.work.run import DAMAGED
from tests.conftest import upload
from tests.work.conftest import disc_png
from tests.work.fake_endpoint import FakeEndpoint
from tests.work.test_deletes import in_thread

MOTIONS = ("jump", "nod", "bounce")


@pytest.fixture
def emoji_set(transactional_db: None, owner: User, endpoint: FakeEndpoint) -> EmojiSet:
    """Make a set of three motions whose jobs are queued and run by nobody."""
    options = GenerateOptions(frame_count=2, size=64, candidates=1, matte="rembg")
    return create_set(owner, upload(disc_png(), "disc.png"), MOTIONS, options)


def generates(emoji_set: EmojiSet) -> list[Job]:
    return list(Job.objects.filter(project__emoji_set=emoji_set).order_by("created_at", "pk"))


def statuses(emoji_set: EmojiSet) -> set[str]:
    return set(emoji_set.projects.values_list("status", flat=True))


def test_a_set_is_matted_by_one_call_in_whatever_order_its_jobs_run(
    emoji_set: EmojiSet, endpoint: FakeEndpoint, settings: Settings
) -> None:
    first, *others = generates(emoji_set)
    for job in reversed(others):
        jobs.run(str(job.pk))
    assert [(job.status, job.attempts, job.lease_token) for job in generates(emoji_set)] == [("queued", 0, None)] * 3
    assert not endpoint.runs
    jobs.run(str(first.pk))
    waiting = Job.objects.filter(pk__in=[job.pk for job in others])
    assert not waiting.filter(not_before__isnull=False).exists()
    assert waiting.filter(enqueued_at__isnull=False).count() == settings.MAX_QUEUED_PER_PERSON
    for job in others:
        jobs.run(str(job.pk))
    assert statuses(emoji_set) == {"ready"}
    assert [run["task"] for run in endpoint.runs] == ["rembg"]
    assert GpuCall.objects.count() == 1
    mattes = Matte.objects.select_related("source")
    assert {matte.call for matte in mattes} == {GpuCall.objects.get()}
    assert all(str(matte.source.project_id) in str(matte.cutout.name) for matte in mattes)
    Project.objects.get(pk=first.project_id).delete()
    assert all(storage.is_intact(str(matte.cutout.name)) for matte in Matte.objects.all())


def test_a_job_that_waits_is_let_on_by_the_clock_where_its_message_is_lost(emoji_set: EmojiSet) -> None:
    job = generates(emoji_set)[1]
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert job.not_before is not None
    assert job.not_before - timezone.now() <= timedelta(seconds=5)
    assert job.waiting_since is None  # it does not wait for the GPU


def test_a_matte_that_comes_as_a_job_begins_to_wait_is_not_waited_for(emoji_set: EmojiSet) -> None:
    first, second, _ = generates(emoji_set)
    jobs.run(str(first.pk))
    wait_for_matte(claim(str(second.pk)))
    second.refresh_from_db()
    assert (second.status, second.not_before) == ("queued", None)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one write after the other")
def test_a_matte_that_comes_before_the_wait_is_committed_is_not_waited_for(
    emoji_set: EmojiSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = generates(emoji_set)
    begin_to_wait = Job.wait_for_matte

    def make_matte_meanwhile(job: Job, revision: int) -> None:
        begin_to_wait(job, revision)
        with ThreadPoolExecutor(1) as thread:
            thread.submit(in_thread, jobs.run, str(first.pk)).result(30)

    monkeypatch.setattr(Job, "wait_for_matte", make_matte_meanwhile)
    jobs.run(str(second.pk))
    second.refresh_from_db()
    assert (second.status, second.not_before) == ("queued", None)


def test_a_matte_that_fails_fails_the_set_in_one_way_and_one_retry_mends_it(
    emoji_set: EmojiSet, endpoint: FakeEndpoint, owner: User
) -> None:
    endpoint.answer = {"status": "FAILED", "error": '{"code": "bad_image", "message": "not this one"}'}
    first, *others = generates(emoji_set)
    for job in (*others, first):
        jobs.run(str(job.pk))
    assert statuses(emoji_set) == {"failed"}
    (error,) = {job.error for job in generates(emoji_set)}
    assert error.startswith("The background could not be removed")
    calls, endpoint.answer = GpuCall.objects.filter(status="failed").count(), None
    assert calls <= 2
    for job in retry_set(owner, emoji_set):
        jobs.run(str(job.pk))
    assert statuses(emoji_set) == {"ready"}
    assert GpuCall.objects.filter(status="succeeded").count() == 1


def test_the_next_job_makes_the_matte_where_the_first_is_cancelled(
    emoji_set: EmojiSet, endpoint: FakeEndpoint
) -> None:
    first, second, third = generates(emoji_set)
    cancel(first)
    jobs.run(str(third.pk))
    assert not endpoint.runs
    jobs.run(str(second.pk))
    jobs.run(str(third.pk))
    assert list(emoji_set.shown_projects().values_list("status", flat=True)) == ["cancelled", "ready", "ready"]
    assert len(endpoint.runs) == 1


def test_jobs_that_wait_for_a_cancelled_one_go_on_at_once(emoji_set: EmojiSet) -> None:
    first, second, third = generates(emoji_set)
    jobs.run(str(third.pk))
    cancel(first)
    third.refresh_from_db()
    assert (third.status, third.not_before) == ("queued", None)
    jobs.run(str(second.pk))
    jobs.run(str(third.pk))
    assert list(emoji_set.shown_projects().values_list("status", flat=True)) == ["cancelled", "ready", "ready"]


def test_jobs_that_wait_for_one_that_is_deleted_for_good_go_on_at_once(emoji_set: EmojiSet) -> None:
    first, second, third = generates(emoji_set)
    claim(str(first.pk))
    jobs.run(str(third.pk))
    delete(first.project)
    third.refresh_from_db()
    assert (third.status, third.not_before) == ("queued", None)
    jobs.run(str(second.pk))
    assert list(emoji_set.shown_projects().values_list("status", flat=True)) == ["ready", "working"]


def test_a_job_goes_on_where_the_run_before_it_was_killed_with_the_matte_half_copied(
    emoji_set: EmojiSet, endpoint: FakeEndpoint
) -> None:
    first, second, _ = generates(emoji_set)
    jobs.run(str(first.pk))
    made = first.project.source.mattes.get()
    for name in (made.alpha.name, made.cutout.name):
        storage.copy_file(str(name), second.project_id)  # stored, and the killed run had written no row yet
    jobs.run(str(second.pk))
    second.refresh_from_db()
    assert (second.status, second.error) == ("succeeded", "")
    assert second.project.source.mattes.get().call == made.call
    assert len(endpoint.runs) == 1


def test_a_damaged_matte_is_repaired_and_keeps_nobody_of_the_set_waiting(
    emoji_set: EmojiSet, endpoint: FakeEndpoint, settings: Settings
) -> None:
    first, second, third = generates(emoji_set)
    jobs.run(str(first.pk))
    cutout = Path(settings.MEDIA_ROOT) / str(first.project.source.mattes.get().cutout.name)
    cutout.write_bytes(cutout.read_bytes()[:50])
    jobs.run(str(second.pk))
    second.refresh_from_db()
    assert (second.status, second.error) == ("failed", DAMAGED)
    assert not first.project.source.mattes.exists()
    jobs.run(str(third.pk))
    retry_set(emoji_set.owner, emoji_set)
    jobs.run(str(second.project.jobs.live().get().pk))
    assert list(emoji_set.shown_projects().values_list("status", flat=True)) == ["ready"] * 3
    assert len(endpoint.runs) == 2


def test_an_intact_matte_of_the_set_is_taken_before_a_damaged_one(
    emoji_set: EmojiSet, endpoint: FakeEndpoint, settings: Settings
) -> None:
    first, second, third = generates(emoji_set)
    jobs.run(str(first.pk))
    jobs.run(str(second.pk))
    latest = Path(settings.MEDIA_ROOT) / str(second.project.source.mattes.get().cutout.name)
    latest.unlink()
    latest.write_bytes(b"damaged")
    jobs.run(str(third.pk))
    third.refresh_from_db()
    assert (third.status, third.error) == ("succeeded", "")
    assert not second.project.source.mattes.exists(), "it was found damaged, and is repaired"
    assert len(endpoint.runs) == 1


def test_a_project_of_another_picture_makes_its_own_matte(
    emoji_set: EmojiSet, endpoint: FakeEndpoint, make_project: Callable[..., Project]
) -> None:
    other = make_project(matte="rembg", frame_count=2)
    other.source.picture.name = storage.save(other.pk, disc_png(64, 64), "png")
    other.source.save(update_fields=["picture"])
    Project.objects.filter(pk=other.pk).update(emoji_set=emoji_set)
    job = other.jobs.get()
    lease = claim(str(job.pk))
    assert matte_once(lease).source.project_id == other.pk
    assert len(endpoint.runs) == 1


def test_the_emojis_of_a_set_share_scale_and_ground_line(emoji_set: EmojiSet) -> None:
    for job in generates(emoji_set):
        jobs.run(str(job.pk))
    cutout = png.read(storage.read(Matte.objects.all()[0].cutout.name))
    projects = list(emoji_set.shown_projects())

    def layouts() -> set[tuple[float, float]]:
        fits = [renderer_for(each, cutout).prepare(read_recipe(each.recipe)) for each in projects]
        return {(round(fit.unit, 3), round(float(fit.canvas[1, 2]), 3)) for fit in fits}

    assert len(layouts()) == 1
    for project in projects:
        project.set_recipes = []
    assert len(layouts()) > 1
