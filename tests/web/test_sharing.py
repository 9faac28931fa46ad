"""What a stranger with a private link sees, and what not; and how the link ends."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from animations.actions.errors import ActionError
from animations.actions.projects.delete import trash
from animations.actions.projects.share import share, stop_sharing
from animations.actions.users.guests import create_guest
from animations.encode.platforms import PLATFORMS
from animations.models import Export, ExportFile, Project, ShareLink
from animations.web import sharing
from tests.conftest import content

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]


def addresses(project: Project, token: str) -> list[str]:
    return [
        reverse("shared", args=[token]),
        reverse("shared-frame", args=[token, project.frames.get(index=0).chosen_id]),
        reverse("shared-file", args=[token, ExportFile.objects.get(export__project=project).pk]),
    ]


def statuses(client: Client, urls: list[str]) -> set[int]:
    answers = [client.get(url) for url in urls]
    for answer in answers:
        if answer.streaming:
            answer.getvalue()
    return {answer.status_code for answer in answers}


def test_a_stranger_sees_the_loop_and_its_files_and_nothing_else(project: Project) -> None:
    stranger = APIClient()
    link = share(project, days=7)
    page, frame, file = addresses(project, link.token)
    shown = stranger.get(page).content.decode()
    assert project.name in shown
    assert project.owner.email not in shown
    assert str(project.source.pk) not in shown
    assert content(stranger, frame).startswith(b"\x89PNG")
    assert content(stranger, file) == b"GIF89a"
    hidden = project.frames.get(index=0).candidates.get(ordinal=1)
    assert stranger.get(reverse("shared-frame", args=[link.token, hidden.pk])).status_code == 404
    assert stranger.get(reverse("source-file", args=[project.source.pk, "picture"])).status_code == 404


def test_the_loop_is_shown_with_the_finish_of_the_newest_file(project: Project, client: Client) -> None:
    page = reverse("shared", args=[share(project, days=1).token])
    assert client.get(page).context["finish"] is None
    Project.objects.filter(pk=project.pk).update(finish={"outline": {"width": 0.05, "colour": "#ff0000"}})
    setup = client.get(page).context["finish"]
    assert setup["finish"]["outline"] == {"width": 0.05, "colour": "#ff0000"}
    newest = ExportFile.objects.get(export__project=project).export.platform
    assert setup["canvas"]["width"] == PLATFORMS[newest].pixels.width


def test_files_are_named_for_their_platforms_and_older_ones_stand_last_and_say_so(
    project: Project, client: Client
) -> None:
    made = Export.objects.get(project=project)
    current = Export.objects.create(
        project=project,
        job=made.job,
        platform="gif",
        status="succeeded",
        frames_revision=project.revision,
        revision=1,
    )
    ExportFile.objects.create(
        export=current,
        name="now.gif",
        file="now.gif",
        bytes=6,
        frames=2,
        duration_ms=160,
        width=8,
        height=8,
        format="GIF",
    )
    page = reverse("shared", args=[share(project, days=1).token])
    project.frames.update(revision=project.revision)
    Export.objects.filter(pk=made.pk).update(frames_revision=project.revision)
    assert [(file.label, file.is_older) for file in client.get(page).context["files"]] == [
        (PLATFORMS[made.platform].label, False),
        ("GIF", False),
    ]
    Export.objects.filter(pk=made.pk).update(frames_revision=project.revision - 1)
    answer = client.get(page)
    assert [(file.label, file.is_older) for file in answer.context["files"]] == [
        ("GIF", False),
        (PLATFORMS[made.platform].label, True),
    ]
    assert answer.content.decode().count("from before the last change") == 1


def test_no_answer_is_indexed_kept_or_tells_its_address(project: Project, client: Client) -> None:
    for url in addresses(project, share(project, days=1).token):
        answer = client.get(url)
        if answer.streaming:
            answer.getvalue()
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"].startswith("private, no-")


@pytest.mark.parametrize("ending", ["revoked", "replaced", "expired", "trashed", "inactive"])
def test_a_link_that_has_ended_leads_nowhere(project: Project, client: Client, ending: str) -> None:
    urls = addresses(project, share(project, days=1).token)
    assert statuses(client, urls) == {200}
    if ending == "revoked":
        stop_sharing(project)
    elif ending == "replaced":
        share(project, days=1)
    elif ending == "expired":
        ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif ending == "trashed":
        trash(project)
    else:
        project.owner.is_active = False
        project.owner.save()
    assert statuses(client, urls) == {404}


def test_a_link_to_one_emoji_opens_no_other(project: Project, new_project: Any, client: Client) -> None:
    token = share(project, days=1).token
    assert statuses(client, addresses(new_project(project.owner), token)[1:]) == {404}
    assert len(token) >= 43


def test_the_link_is_made_shown_and_ended_over_the_api(project: Project, api: APIClient, client: Client) -> None:
    address = f"/api/v1/projects/{project.pk}/share/"
    assert api.get(address).status_code == 404
    made = api.post(address, {"days": 30}, format="json").json()
    assert api.get(address).json() == made
    assert ShareLink.objects.get().expires_at > timezone.now() + timedelta(days=29)
    assert client.get(made["url"]).status_code == 200
    assert api.post(address, {"days": 365}, format="json").status_code == 400
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404
    assert client.get(made["url"]).status_code == 404


def test_guests_share_nothing(project: Project) -> None:
    project.owner = create_guest("192.0.2.1")
    with pytest.raises(ActionError, match="Sign up"):
        share(project, days=1)


def test_one_address_asks_only_so_often(project: Project, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "PER_MINUTE", 3)
    url = addresses(project, share(project, days=1).token)[0]
    assert [client.get(url).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client.get(url, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_the_pages_offer_each_duration_of_a_link(project: Project, client: Client) -> None:
    client.force_login(project.owner)
    for page in (reverse("home"), reverse("studio", args=[project.pk])):
        shown = client.get(page).content.decode()
        offered = re.findall(r'<option value="(\d+)"( selected)?>(a day|a week|30 days)<', shown)
        assert offered == [("1", "", "a day"), ("7", " selected", "a week"), ("30", "", "30 days")]


def test_another_device_gets_a_file_without_a_login_for_ten_minutes(
    project: Project, api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = project.exports.get()
    answer = api.post(f"/api/v1/exports/{export.pk}/link/").json()
    assert answer["url"].startswith("http://testserver/s/file/"), answer
    assert answer["qr"].startswith("data:image/svg+xml")
    device, path = Client(), answer["url"].removeprefix("http://testserver")
    shown = device.get(path, headers={"Range": "bytes=0-2"})
    assert (shown.status_code, shown.getvalue()) == (206, b"GIF")
    assert shown["Content-Disposition"] == 'inline; filename="face-slack.gif"'
    assert shown["X-Robots-Tag"] == "noindex, nofollow"
    assert device.get(path.replace("file/", "file/1")).status_code == 404
    now = time.time()
    with monkeypatch.context() as later:
        later.setattr(time, "time", lambda: now + 601)
        assert device.get(path).status_code == 404
    assert content(APIClient(), path) == b"GIF89a"
    trash(project)
    assert device.get(path).status_code == 404


def test_a_file_that_is_not_finished_has_no_address(project: Project, api: APIClient) -> None:
    ExportFile.objects.all().delete()
    refused = api.post(f"/api/v1/exports/{project.exports.get().pk}/link/")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "not_ready")
