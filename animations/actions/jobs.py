"""Cancelling."""

from __future__ import annotations

from animations.actions.errors import ActionError
from animations.models import Job, outcomes
from animations.models.transitions import IllegalTransition, revise


def cancel(job: Job) -> Job:
    """Stop a live job: what it has finished stays, what it has not is closed. Cancelling twice is harmless.

    Raises `ActionError` (409) when the job is over already.
    """
    with revise(job.project_id) as revision:
        job.refresh_from_db()
        if job.status == Job.Status.CANCELLED:
            return job
        try:
            outcomes.cancel(job, revision)
        except IllegalTransition:
            raise ActionError("over", "This job is over already.", status=409) from None
    return job
