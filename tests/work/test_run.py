"""The table of a run names what to do for each kind of job."""

from __future__ import annotations

from django.conf import settings

from animations.models import Job
from animations.work.run import WORK


def test_every_kind_of_job_has_a_function_and_a_queue() -> None:
    assert set(WORK) == set(Job.Kind)
    assert set(Job.QUEUES) == set(Job.Kind)
    assert set(Job.QUEUES.values()) <= set(settings.RQ_QUEUES)
