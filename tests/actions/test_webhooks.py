from __future__ import annotations

import uuid

import pytest

from animations.actions import webhooks
from animations.models import GpuCall
from animations.models.gpu.webhook_signature import webhook_path
from gpu.runpod import responses


@pytest.fixture
def call(db: None) -> GpuCall:
    """Return the row of a call whose send has not been answered."""
    return GpuCall.objects.create(key="k", task="rembg", status="sending")


def test_a_webhooks_path_names_its_call_only_with_our_signature() -> None:
    call_id = uuid.uuid4()
    signed = webhook_path(call_id).split("/")[-2]
    assert webhooks.find_call(signed) == call_id
    assert webhooks.find_call(f"{call_id.hex}:forged") is None


@pytest.mark.parametrize(("status", "expected"), [("COMPLETED", "submitted"), ("IN_PROGRESS", "sending")])
def test_only_a_report_of_an_ended_job_is_recorded(call: GpuCall, status: str, expected: str) -> None:
    webhooks.record_report(call.pk, status, "remote-1")
    call.refresh_from_db()
    assert (call.status, call.signalled_at is not None) == (expected, expected == "submitted")


def test_the_webhook_and_the_gpu_client_know_the_same_statuses_of_ended_jobs() -> None:
    assert webhooks.ENDED == responses.ENDED_STATES
