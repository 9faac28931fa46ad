from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User
from rest_framework.test import APIClient

from animations.actions import tickets
from animations.models import GpuCall, Job, Project
from tests.api.test_authentication import sign_up


def test_usage_shows_what_was_spent_today_and_the_limit(api: APIClient, project: Project) -> None:
    usage = api.get("/api/v1/usage/").json()
    assert (usage["calls"], usage["gpu_seconds"], usage["cost_usd"]) == (1, 0.9, 0.0)
    assert usage["limit_seconds"] > 0


def test_usage_shows_what_is_spent_and_reserved_and_when_it_resets(api: APIClient, project: Project) -> None:
    job = project.jobs.get(kind="generate")
    Job.objects.filter(pk=job.pk).update(status="running")
    calls = {"user": project.owner, "project": project, "job": job, "task": "rembg"}
    GpuCall.objects.create(key="live", status="submitted", estimate_ms=1500, **calls)
    GpuCall.objects.create(key="failed", status="failed", execution_ms=5000, estimate_ms=5000, **calls)
    usage = api.get("/api/v1/usage/").json()
    assert (usage["spent_seconds"], usage["reserved_seconds"], usage["gpu_seconds"]) == (0.9, 1.5, 5.9)
    resets_at = datetime.fromisoformat(usage["resets_at"])
    assert (resets_at.hour, resets_at.minute) == (0, 0)
    assert timedelta(0) < resets_at - datetime.now(UTC) <= timedelta(days=1)
    assert usage["day"] == (resets_at - timedelta(days=1)).date().isoformat()


def test_a_ticket_stands_for_its_person_and_their_browsers_session(api: APIClient, owner: User) -> None:
    answer = api.post("/api/v1/tickets/")
    assert answer.status_code == 201
    assert answer.json().keys() == {"ticket"}
    holder = tickets.redeem(answer.json()["ticket"])
    assert holder == tickets.TicketHolder(owner.pk, str(api.session.session_key))


def test_a_ticket_of_an_app_lasts_as_long_as_the_apps_own_session(db: None) -> None:
    token = sign_up()
    answer = APIClient().post("/api/v1/tickets/", headers={"X-Session-Token": token})
    holder = tickets.redeem(answer.json()["ticket"])
    assert holder is not None
    assert holder.session_key == token
