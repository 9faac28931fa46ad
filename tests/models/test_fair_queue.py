"""Persons take turns on a queue, however many jobs one of them has; a turn that was missed is given later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import django_rq
import pytest
import redis
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from animations.actions.users.guests import create_guest
from animations.models import Job, Project, job_outcomes
from animations.models.transitions import revise
from animations.work import reconcile
from tests.conftest import MakeProject
from tests.threads import at_once

NewJob = Callable[..., Job]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _one_at_once(settings: Settings, valkey: redis.Redis) -> None:
    settings.MAX_QUEUED_PER_PERSON = 1


@pytest.fixture
def new_job(new_project: MakeProject) -> NewJob:
    """Request work on a new project of a person."""

    def request(person: User, kind: str = Job.Kind.EXPORT) -> Job:
        project = new_project(person, frames=1, candidates=1)
        with revise(project.pk) as revision:
            return Job.enqueue(project=project, kind=kind, revision=revision)

    return request


def on_queue(name: str = "bulk") -> list[str]:
    return [message.args[0] for message in django_rq.get_queue(name).jobs]


def keys(*jobs: Job) -> list[str]:
    return [str(job.pk) for job in jobs]


def take_from_queue(job: Job) -> None:
    """Begin a job as a worker does."""
    django_rq.get_queue(job.queue).remove(f"run-{job.pk}")
    job.refresh_from_db()
    with revise(job.project_id) as revision:
        job.claim(revision)


def finish(job: Job) -> None:
    take_from_queue(job)
    with revise(job.project_id) as revision:
        job.succeed(revision)


def test_a_person_with_one_job_is_behind_one_of_a_person_with_twenty(
    owner: User, stranger: User, new_job: NewJob
) -> None:
    many = [new_job(owner) for _ in range(20)]
    one = new_job(stranger)
    assert on_queue() == keys(many[0], one)
    finish(many[0])
    assert on_queue() == keys(one, many[1])


def test_a_person_with_an_account_is_before_all_guests(owner: User, new_job: NewJob) -> None:
    first = [new_job(create_guest("192.0.2.1")) for _ in range(5)]
    job = new_job(owner)
    assert on_queue() == keys(job)
    assert on_queue("bulk-guests") == keys(*first)
    Job.objects.update(enqueued_at=timezone.now() - timedelta(minutes=1))
    assert reconcile.requeue() == 6
    assert (on_queue(), len(on_queue("bulk-guests"))) == (keys(job), 5)


def test_the_jobs_of_one_person_follow_each_other_in_order(owner: User, new_job: NewJob) -> None:
    jobs = [new_job(owner) for _ in range(3)]
    for job in jobs:
        assert on_queue() == keys(job)
        finish(job)
    assert on_queue() == []


def test_jobs_in_a_hurry_do_not_wait_for_those_in_bulk(owner: User, new_job: NewJob) -> None:
    for _ in range(2):
        new_job(owner)
    urgent = new_job(owner, Job.Kind.REFINE)
    assert on_queue("interactive") == keys(urgent)


def test_a_cancelled_job_lets_the_next_one_on_and_one_that_waits_lets_none(owner: User, new_job: NewJob) -> None:
    first, second, third, fourth = (new_job(owner) for _ in range(4))
    for job in (second, first):
        with revise(job.project_id) as revision:
            job_outcomes.cancel_job(job, revision)
    assert on_queue()[1:] == keys(third), "the message of the cancelled one is left, and does nothing"
    assert fourth.status == "queued"


def test_a_job_that_waits_for_the_gpu_lets_the_next_one_on_and_then_waits_for_its_turn(
    owner: User, new_job: NewJob
) -> None:
    first, second = new_job(owner), new_job(owner)
    take_from_queue(first)
    with revise(first.project_id) as revision:
        first.wait_for_gpu(revision, 60.0)
    assert on_queue() == keys(second)
    Job.objects.filter(pk=first.pk).update(not_before=timezone.now())
    assert reconcile.dispatch() == 0
    finish(second)
    assert on_queue() == keys(first)


def test_two_requests_at_once_get_one_turn(owner: User, new_job: NewJob, new_project: MakeProject) -> None:
    projects = [new_project(owner, frames=1, candidates=1) for _ in range(6)]

    def request(project: Project) -> None:
        with revise(project.pk) as revision:
            Job.enqueue(project=project, kind=Job.Kind.EXPORT, revision=revision)

    at_once(request, projects)
    assert Job.objects.filter(status="queued").count() == 6
    assert len(on_queue()) == 1


def test_a_turn_that_a_kill_has_missed_is_given_by_the_reconciler(
    owner: User, stranger: User, new_job: NewJob
) -> None:
    first, second, other = new_job(owner), new_job(owner), new_job(stranger)
    Job.objects.filter(pk=first.pk).update(status="succeeded")  # and the process is gone
    assert on_queue() == keys(first, other)
    assert reconcile.dispatch() == 1
    assert on_queue()[2:] == keys(second)


def test_jobs_that_are_queued_again_keep_their_places(new_person: Callable[[str], User], new_job: NewJob) -> None:
    jobs = [new_job(new_person(name)) for name in ("ann", "bob", "cid")]
    for seconds, job in ((20, jobs[1]), (15, jobs[0])):
        Job.objects.filter(pk=job.pk).update(enqueued_at=timezone.now() - timedelta(seconds=seconds))
    assert reconcile.requeue() == 2
    assert on_queue() == keys(jobs[1], jobs[0], jobs[2])
    Job.objects.update(enqueued_at=timezone.now() - timedelta(seconds=20))
    django_rq.get_queue("bulk").empty()  # type: ignore[no-untyped-call]
    assert reconcile.requeue() == 3


def test_a_job_that_waits_for_the_gpu_gives_its_turn_to_the_next_and_asks_for_it_again(
    owner: User, new_job: NewJob
) -> None:
    first, second, third = (new_job(owner) for _ in range(3))
    take_from_queue(first)
    with revise(first.project_id) as revision:
        first.wait_for_gpu(revision, 30)
    assert on_queue() == keys(second)
    Job.objects.filter(pk=first.pk).update(not_before=timezone.now())
    assert reconcile.dispatch() == 0, "their owner has another one under way"
    finish(second)
    assert on_queue() == keys(first)
    assert third.status == "queued"
