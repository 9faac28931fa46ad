from __future__ import annotations

from animations.actions import webhooks
from gpu.runpod import responses


def test_the_webhook_and_the_gpu_client_know_the_same_statuses_of_ended_jobs() -> None:
    assert webhooks.ENDED == responses.ENDED_STATES
