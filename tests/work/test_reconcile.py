from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django_rq
import pytest
from django.core.management import call_command
from django.utils import timezone

from animations.models import EndpointState, Frame, IdempotencyKey, Job, Project
from animations.work.gpu import endpoint_state
from animations.work.lease import MAX_ATTEMPTS, claim
from animations.work.reconcile import reconcile, requeue

Make = Callable[..., Project]
LONG_AGO = timedelta(seconds=30)


def waiting() -> list[str]:
    messages = django_rq.get_queue("bulk").jobs
    return [message.args[0] for message in messages if str(message.func_name).endswith(".run")]


@pytest.fixture(autouse=True)
def empty_queues(surroundings: str) -> None:
    for name in ("bulk", "interactive"):
        django_rq.get_queue(name).empty()  # type: ignore[no-untyped-call]


def test_a_job_whose_message_was_lost_is_queued_again(make_project: Make) -> None:
    job = make_project().jobs.get()
    django_rq.get_queue("bulk").empty()  # type: ignore[no-untyped-call]
    assert requeue() == 0, "it was put on its queue a moment ago"
    Job.objects.update(enqueued_at=timezone.now() - LONG_AGO)
    assert requeue() == 1
    assert waiting() == [str(job.pk)]


def test_a_job_that_is_queued_twice_is_on_its_queue_once(make_project: Make) -> None:
    job = make_project().jobs.get()
    for _ in range(3):
        Job.objects.update(enqueued_at=timezone.now() - LONG_AGO)
        assert reconcile() == 1
    assert waiting() == [str(job.pk)]


def test_the_endpoint_is_asked_how_it_is_once_what_is_known_is_old(db: None) -> None:
    def asked() -> list[str]:
        return [str(message.func_name) for message in django_rq.get_queue("interactive").jobs]

    EndpointState.objects.create(endpoint=endpoint_state.name(), as_of=timezone.now())
    reconcile()
    assert asked() == []
    EndpointState.objects.update(as_of=timezone.now() - timedelta(minutes=11))
    reconcile()
    assert asked() == ["animations.jobs.refresh_endpoint"]


def test_a_job_with_a_live_lease_is_left_alone(make_project: Make) -> None:
    claim(str(make_project().jobs.get().pk))
    Job.objects.update(enqueued_at=timezone.now() - LONG_AGO)
    assert requeue() == 0
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert requeue() == 1


@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_dead_runs_job_is_queued_again_though_the_clock_was_set_back(make_project: Make, state: str) -> None:
    job = make_project().jobs.get()
    django_rq.get_queue("bulk").empty()  # type: ignore[no-untyped-call]
    ahead = timezone.now() + timedelta(hours=2)
    lease = {"lease_until": ahead, "lease_token": job.pk} if state == "running" else {}
    Job.objects.update(status=state, enqueued_at=ahead, **lease)
    assert requeue() == 0, "its run may be alive, and renews its lease within that time"
    job.refresh_from_db()
    assert max(filter(None, (job.lease_until, job.enqueued_at))) <= timezone.now() + Job.LEASE
    Job.objects.update(enqueued_at=timezone.now() - LONG_AGO)
    Job.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now())
    assert requeue() == 1


def test_a_message_lets_its_job_work_for_hours(make_project: Make) -> None:
    make_project()
    (message,) = django_rq.get_queue("bulk").jobs
    assert (message.timeout or 0) >= 6 * 3600


def test_a_job_that_never_ends_is_given_up(make_project: Make) -> None:
    project = make_project()
    Job.objects.update(attempts=MAX_ATTEMPTS, enqueued_at=timezone.now() - LONG_AGO)
    assert requeue() == 0
    project.refresh_from_db()
    assert (Job.objects.get().status, project.status) == ("failed", "failed")
    assert set(Frame.objects.values_list("status", flat=True)) == {"failed"}


def test_idempotency_keys_are_deleted_after_a_day(owner: Any, db: None) -> None:
    for key, hours in (("old", 25), ("new", 23)):
        row = IdempotencyKey.objects.create(user=owner, route="r", key=key, body_digest="d")
        IdempotencyKey.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(hours=hours))
    reconcile()
    assert [row.key for row in IdempotencyKey.objects.all()] == ["new"]


def test_a_step_that_meets_a_full_disk_keeps_no_other_from_its_turn(
    monkeypatch: pytest.MonkeyPatch, make_project: Make, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[str] = []

    def fail() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("animations.work.reconcile.STEPS", (fail, lambda: taken.append("next")))
    reconcile()
    assert taken == ["next"]
    assert "fail of the reconciler failed" in caplog.text


def test_the_command_does_one_round(make_project: Make, capsys: pytest.CaptureFixture[str]) -> None:
    make_project()
    Job.objects.update(enqueued_at=timezone.now() - LONG_AGO)
    call_command("reconcile", "--once")
    assert capsys.readouterr().out == "1 jobs were put back on their queues.\n"
