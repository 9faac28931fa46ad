from __future__ import annotations

from animations.actions import webhooks
from gpu.runpod import responses


def test_both_sides_of_the_wall_know_the_same_statuses_of_jobs_that_have_ended() -> None:
    assert webhooks.ENDED == responses.ENDED
