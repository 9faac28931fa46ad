from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from animations.actions.projects.edit import edit
from animations.models import Candidate, ExportFile, Preset, Project, Source
from animations.payloads import candidate_payload

pytestmark = pytest.mark.django_db
FOR_EVER = "private, max-age=31536000, immutable"


def addresses_of(project: Project) -> list[str]:
    candidate = Candidate.objects.filter(frame__project=project).first()
    file = ExportFile.objects.get(export__project=project)
    assert candidate
    return [
        *(reverse("candidate-file", args=[candidate.pk, kind]) for kind in ("picture", "alpha", "cutout")),
        reverse("candidate-preview", args=[candidate.pk]),
        *(
            reverse("source-file", args=[project.source.pk, kind])
            for kind in ("original", "picture", "alpha", "cutout")
        ),
        reverse("export-file", args=[file.pk]),
    ]


def fetch(client: Client, address: str, headers: dict[str, str] | None = None) -> Any:
    """Return the answer, read to its end, which closes the file; `body` holds what came."""
    answer: Any = client.get(address, headers=headers)
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def test_the_owner_gets_each_file_with_its_type_and_nothing_may_guess_another(
    api: APIClient, project: Project
) -> None:
    for address in addresses_of(project):
        answer = fetch(api, address)
        assert answer.status_code == 200, address
        assert answer["Content-Type"] == ("image/gif" if "exports" in address else "image/png")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.body


@pytest.mark.parametrize("person", ["stranger", "staff", None])
def test_nobody_else_gets_any_of_them(
    person: str | None, request: pytest.FixtureRequest, project: Project, client_of: Callable[[User], APIClient]
) -> None:
    client = client_of(request.getfixturevalue(person)) if person else Client()
    for address in addresses_of(project):
        assert fetch(client, address).status_code == 404, address


def test_files_that_never_change_may_be_cached_for_ever_by_the_owners_browser(
    api: APIClient, project: Project
) -> None:
    for address in addresses_of(project):
        changes = "sources" in address and address.endswith(("alpha", "cutout"))
        assert fetch(api, address)["Cache-Control"] == ("private, no-cache" if changes else FOR_EVER), address


def test_a_browser_that_has_the_file_gets_304(api: APIClient, project: Project) -> None:
    address = reverse("source-file", args=[project.source.pk, "cutout"])
    first = fetch(api, address)
    again = fetch(api, address, {"If-None-Match": first["ETag"]})
    assert (again.status_code, again.body) == (304, b"")
    assert again["ETag"] == first["ETag"]
    for known in (f"W/{first['ETag']}", "*", f'"another", {first["ETag"]}'):
        assert fetch(api, address, {"If-None-Match": known}).status_code == 304, known
    assert fetch(api, address, {"If-None-Match": '"another"'}).status_code == 200


def test_a_request_that_wants_another_version_of_the_file_gets_412(api: APIClient, project: Project) -> None:
    address = reverse("source-file", args=[project.source.pk, "cutout"])
    assert fetch(api, address, {"If-Match": '"another"'}).status_code == 412


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=2-3", slice(2, 4)),
        ("bytes=4-", slice(4, 6)),
        ("bytes=-2", slice(4, 6)),
        ("bytes=-99", slice(0, 6)),
        ("bytes=5-99", slice(5, 6)),
    ],
)
def test_a_part_of_a_file_is_sent_alone(asked: str, part: slice, api: APIClient, project: Project) -> None:
    answer = fetch(api, reverse("export-file", args=[ExportFile.objects.get().pk]), {"Range": asked})
    assert (answer.status_code, answer.body) == (206, b"GIF89a"[part])
    assert answer["Content-Range"] == f"bytes {part.start}-{part.stop - 1}/6"
    assert answer["Content-Length"] == str(len(answer.body))


@pytest.mark.parametrize("asked", ["bytes=6-", "bytes=6-7", "bytes=-0", f"bytes={10**17}-"])
def test_a_part_beyond_the_end_is_416_and_never_cached(asked: str, api: APIClient, project: Project) -> None:
    answer = fetch(api, reverse("export-file", args=[ExportFile.objects.get().pk]), {"Range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */6")
    assert "Cache-Control" not in answer


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,3-4", "bytes=3-2", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=٣-٤", "bytes=" + "9" * 99 + "-"],
)
def test_what_is_not_one_range_is_answered_by_the_whole_file(asked: str, api: APIClient, project: Project) -> None:
    headers = {"Range": asked.encode().decode("latin-1")}
    answer = fetch(api, reverse("export-file", args=[ExportFile.objects.get().pk]), headers)
    assert (answer.status_code, answer["Accept-Ranges"], answer.body) == (200, "bytes", b"GIF89a")


def test_a_part_of_another_file_is_answered_by_the_whole_one(api: APIClient, project: Project) -> None:
    address = reverse("export-file", args=[ExportFile.objects.get().pk])
    etag = fetch(api, address)["ETag"]
    for known, status in (
        (etag, 206),
        ('"another"', 200),
        (f"W/{etag}", 200),
        ("Sat, 01 Jan 2022 00:00:00 GMT", 200),
    ):
        headers = {"Range": "bytes=1-", "If-Range": known}
        assert fetch(api, address, headers).status_code == status, known


def test_an_export_is_saved_under_its_own_name_unless_it_is_to_be_shown(api: APIClient, project: Project) -> None:
    address = reverse("export-file", args=[ExportFile.objects.get().pk])
    assert fetch(api, address)["Content-Disposition"] == 'attachment; filename="face-slack.gif"'
    assert fetch(api, f"{address}?inline=1")["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("face.gif", 'attachment; filename="face.gif"'),
        ("niño.gif", "attachment; filename=\"nino.gif\"; filename*=UTF-8''ni%C3%B1o.gif"),
        ("猫-slack.gif", "attachment; filename=\"slack.gif\"; filename*=UTF-8''%E7%8C%AB-slack.gif"),
        ("🐈.gif", "attachment; filename=\"emoji.gif\"; filename*=UTF-8''%F0%9F%90%88.gif"),
        ("it's.gif", 'attachment; filename="it\'s.gif"'),
        ("50%.gif", "attachment; filename=\"50.gif\"; filename*=UTF-8''50%25.gif"),
    ],
)
def test_a_download_has_its_name_in_full_and_in_ascii(
    name: str, header: str, api: APIClient, project: Project
) -> None:
    ExportFile.objects.update(name=name)
    assert fetch(api, reverse("export-file", args=[ExportFile.objects.get().pk]))["Content-Disposition"] == header


def test_the_original_is_called_as_the_project(api: APIClient, project: Project) -> None:
    edit(project, {"name": "猫 ñ: “hi”"})
    header = fetch(api, reverse("source-file", args=[project.source.pk, "original"]))["Content-Disposition"]
    assert header.startswith('attachment; filename="')
    assert header.endswith(f"filename*=UTF-8''{quote('猫 ñ_ “hi”.png')}")


def test_the_original_is_saved_and_never_shown(api: APIClient, project: Project) -> None:
    answer = fetch(api, reverse("source-file", args=[project.source.pk, "original"]))
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_type_we_do_not_know_is_served_as_bytes(api: APIClient, project: Project) -> None:
    name = default_storage.save("odd.svg", ContentFile(b"<svg/>"))
    Source.objects.update(original=name)
    answer = fetch(api, reverse("source-file", args=[project.source.pk, "original"]))
    assert answer["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("kind", ["frame", "cutouts", "pk", "original"])
def test_a_candidate_has_three_kinds_of_picture(kind: str, api: APIClient, project: Project) -> None:
    candidate = Candidate.objects.first()
    assert candidate
    assert fetch(api, reverse("candidate-file", args=[candidate.pk, kind])).status_code == 404


def test_a_picture_that_is_not_made_yet_is_not_there(api: APIClient, project: Project) -> None:
    Source.objects.update(matte=None)
    Candidate.objects.update(cutout="")
    candidate = Candidate.objects.first()
    assert candidate
    assert fetch(api, reverse("candidate-file", args=[candidate.pk, "cutout"])).status_code == 404
    for kind in ("alpha", "cutout", "anything"):
        assert fetch(api, reverse("source-file", args=[project.source.pk, kind])).status_code == 404


def test_a_preview_is_the_smaller_image_or_else_the_cutout(api: APIClient, project: Project) -> None:
    candidate = Candidate.objects.first()
    assert candidate
    address = reverse("candidate-preview", args=[candidate.pk])
    assert fetch(api, address)["Content-Type"] == "image/png"
    candidate.preview = default_storage.save("small.webp", ContentFile(b"RIFF"))
    candidate.save(update_fields=["preview"])
    answer = fetch(api, address)
    assert (answer["Content-Type"], answer.body) == ("image/webp", b"RIFF")
    assert candidate_payload(candidate)["preview_url"] == address
    assert fetch(api, reverse("candidate-file", args=[candidate.pk, "preview"])).status_code == 404


def test_a_file_that_was_lost_is_not_there_either(api: APIClient, project: Project, settings: Any) -> None:
    (Path(settings.MEDIA_ROOT) / str(project.source.picture.name)).unlink()
    assert fetch(api, reverse("source-file", args=[project.source.pk, "picture"])).status_code == 404


def test_files_are_only_read(api: APIClient, project: Project) -> None:
    for address in addresses_of(project):
        assert api.post(address).status_code == 405


class TestPreviews:
    @pytest.fixture
    def address(self, bounce: Preset) -> str:
        bounce.preview = default_storage.save("presets/bounce-1.webp", ContentFile(b"RIFF"))
        bounce.preview_of = "digest"
        bounce.save()
        return reverse("preset-preview", args=["bounce"])

    def test_a_published_one_is_for_everybody(self, address: str, client: Client) -> None:
        answer = fetch(client, address)
        assert answer["Content-Type"] == "image/webp"
        assert answer.body == b"RIFF"

    def test_it_may_be_cached_under_its_digest(self, address: str, client: Client) -> None:
        assert fetch(client, address)["Cache-Control"] == "private, no-cache"
        assert fetch(client, f"{address}?v=old")["Cache-Control"] == "private, no-cache"
        assert fetch(client, f"{address}?v=digest")["Cache-Control"] == FOR_EVER

    def test_one_that_is_not_published_is_for_staff(
        self, address: str, client: Client, api: APIClient, staff: User, client_of: Callable[[User], APIClient]
    ) -> None:
        Preset.objects.update(active=False)
        assert [fetch(person, address).status_code for person in (client, api, client_of(staff))] == [404, 404, 200]

    def test_one_that_is_not_drawn_yet_is_not_there(self, address: str, client: Client) -> None:
        Preset.objects.update(preview="")
        assert fetch(client, address).status_code == 404
        assert fetch(client, reverse("preset-preview", args=["nothing"])).status_code == 404


def test_an_app_gets_files_with_its_session_token(project: Project, stranger: User) -> None:
    candidate = Candidate.objects.filter(frame__project=project).first()
    assert candidate
    address = f"/media/candidates/{candidate.pk}/cutout.png"
    for user, status in ((project.owner, 200), (stranger, 404)):
        user.set_password("a-long-enough-pass-word")
        user.save()
        body = {"email": user.email, "password": "a-long-enough-pass-word"}
        answer = Client().post("/_allauth/app/v1/auth/login", body, content_type="application/json")
        token = answer.json()["meta"]["session_token"]
        found = Client().get(address, headers={"X-Session-Token": token})
        assert found.status_code == status
        assert found.getvalue()
    assert Client().get(address, headers={"X-Session-Token": "made-up"}).status_code == 404
