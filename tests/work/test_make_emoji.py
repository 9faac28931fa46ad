"""The command for the shell, where a worker of a running product has its job."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management.base import CommandError

from animations.management.commands import make_emoji
from animations.models import Job, Project
from animations.work.lease import Lease


def test_a_job_that_a_worker_keeps_is_waited_for_and_at_last_given_up_in_words(
    make_project: Callable[..., Project], lease_of: Callable[[Job], Lease], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_project().jobs.get()
    lease_of(job)
    monkeypatch.setattr(make_emoji, "PATIENCE_SECONDS", 0.3)
    with pytest.raises(CommandError, match="still running"):
        make_emoji.Command()._run(job)
