from __future__ import annotations

from django.contrib.auth.models import User
from rest_framework.test import APIClient

from animations.models import Export, Job, Project
from tests.actions.conftest import finish_export
from tests.conftest import ClientOf, content

EXPORT_KEYS = {"id", "project", "job", "platform", "status", "files", "checks"}
FILE_KEYS = {"name", "url", "bytes", "width", "height", "frames", "duration_ms", "format"}


def exports_url(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/exports/"


def test_exports_are_ordered_for_several_platforms_at_once(api: APIClient, project: Project) -> None:
    answer = api.post(exports_url(project), {"platforms": ["slack", "gif"]}, format="json")
    assert answer.status_code == 202, answer.json()
    assert [(row["platform"], row["status"]) for row in answer.json()] == [("slack", "queued"), ("gif", "queued")]
    assert answer.json()[0].keys() >= EXPORT_KEYS
    job = api.post(f"/api/v1/jobs/{answer.json()[0]['job']}/cancel/").json()
    assert (job["status"], job["total"]) == ("cancelled", 2)
    shown = api.get(exports_url(project)).json()["results"]
    assert [row["status"] for row in shown] == ["cancelled", "cancelled", "succeeded"]


def test_an_equal_live_export_is_answered_with_its_own_row(api: APIClient, project: Project) -> None:
    first = api.post(exports_url(project), {"platforms": ["slack"]}, format="json")
    again = api.post(exports_url(project), {"platforms": ["slack"]}, format="json")
    assert (again.status_code, again.json()) == (202, first.json())
    both = api.post(exports_url(project), {"platforms": ["gif", "slack"]}, format="json")
    assert [row["platform"] for row in both.json()] == ["gif", "slack"]
    assert both.json()[1] == first.json()[0]
    assert Job.objects.filter(kind="export", status="queued").count() == 2


def test_exports_are_listed_in_pages_with_their_files_and_checks(api: APIClient, project: Project) -> None:
    page = api.get(exports_url(project)).json()
    assert page["count"] == 1
    row = page["results"][0]
    assert row["files"][0].keys() >= FILE_KEYS
    assert row["checks"] == [{"rule": "bytes", "limit": 128000, "actual": 60, "ok": True}]
    assert api.get(f"/api/v1/exports/{row['id']}/").json() == row
    assert content(api, row["files"][0]["url"]) == b"GIF89a"


def test_an_unknown_platform_is_refused(api: APIClient, project: Project) -> None:
    for platforms in (["slack", "myspace"], [], "slack", None):
        answer = api.post(exports_url(project), {"platforms": platforms}, format="json")
        assert answer.status_code == 400, platforms
        assert answer.json()["errors"][0]["attr"].partition(".")[0] == "platforms"
    assert Export.objects.count() == 1


def test_nothing_can_be_exported_before_a_frame_is_finished(api: APIClient, project: Project) -> None:
    project.frames.update(chosen=None)
    answer = api.post(exports_url(project), {"platforms": ["slack"]}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "not_ready")


def test_a_job_shows_how_far_it_is_and_can_be_cancelled_twice(api: APIClient, project: Project) -> None:
    job = api.post(f"/api/v1/projects/{project.pk}/generate/").json()
    url = f"/api/v1/jobs/{job['id']}/"
    assert api.get(url).json() == job
    cancelled = api.post(f"{url}cancel/")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert cancelled.json()["finished_at"].endswith("Z")
    assert api.post(f"{url}cancel/").json()["status"] == "cancelled"


def test_a_job_that_is_over_cannot_be_cancelled(api: APIClient, project: Project) -> None:
    job = Job.objects.get(kind="generate")
    answer = api.post(f"/api/v1/jobs/{job.pk}/cancel/")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "over")


def test_a_file_is_looked_at_before_it_is_asked_for(api: APIClient, project: Project) -> None:
    url = f"/api/v1/projects/{project.pk}/previews/"
    made = api.post(url, {"platform": "gif"}, format="json")
    assert (made.status_code, made.json()["preview"], made.json()["status"]) == (202, True, "queued")
    assert api.post(url, {"platform": "gif"}, format="json").json()["id"] == made.json()["id"]
    finish_export(Export.objects.get(pk=made.json()["id"]))
    Export.objects.update(appearance={"light": 0.1, "dark": 1.0, "flashes": 5, "red_flashes": 0})
    done = api.post(url, {"platform": "gif"}, format="json")
    assert done.status_code == 200
    assert done.json()["appearance"] == {
        "light": 0.1,
        "dark": 1.0,
        "faint_on": ["light"],
        "outline": {"width": 0.06, "colour": "#2b2d31"},
        "flashes": 5,
        "red_flashes": 0,
        "slow_down": 2.0,
    }
    assert [row["platform"] for row in api.get(exports_url(project)).json()["results"]] == ["slack"]
    assert api.get(f"/api/v1/exports/{made.json()['id']}/").status_code == 200
    for body in ({}, {"platform": "myspace"}, {"platform": None}):
        answer = api.post(url, body, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "platform"), body


def test_options_are_shown_and_wrong_ones_refused_by_name(api: APIClient, project: Project) -> None:
    body = {"platforms": ["gif"], "options": {"prefer": "smooth", "loops": 2}}
    answer = api.post(exports_url(project), body, format="json")
    assert answer.status_code == 202
    assert answer.json()[0]["options"] == {"prefer": "smooth", "ground": None, "loops": 2, "dither": None}
    for wrong in (
        {"prefer": "fast"},
        {"dither": "yes"},
        {"ground": "blue"},
        {"loops": 5},
        {"loops": -1},
        "smooth",
        None,
    ):
        answer = api.post(exports_url(project), {"platforms": ["gif"], "options": wrong}, format="json")
        assert answer.status_code == 400, wrong
        assert answer.json()["errors"][0]["attr"].startswith("options"), wrong


def test_the_report_of_a_file_is_a_document_of_its_own(api: APIClient, project: Project) -> None:
    row = api.get(exports_url(project)).json()["results"][0]
    answer = api.get(row["report_url"])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Face-slack-report.json"'
    assert answer.json() == {
        "version": 1,
        "platform": "slack",
        "rules": {"source": "https://slack.com/help/articles/206870177", "sure": "B", "read_on": "2026-11-29"},
        "ok": True,
        "file": {name: row["files"][0][name] for name in sorted(FILE_KEYS - {"name", "url"})},
        "checks": row["checks"],
        "limited_by": None,
        "steps": [],
    }
    Export.objects.update(status="queued")
    assert api.get(row["report_url"]).status_code == 404


def test_a_stranger_gets_no_report(api: APIClient, project: Project, stranger: User, client_of: ClientOf) -> None:
    url = api.get(exports_url(project)).json()["results"][0]["report_url"]
    assert client_of(stranger).get(url).status_code == 404
