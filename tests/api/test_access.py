"""Check who may pass at every address; the table must name each one that Django's resolver knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.views.generic import RedirectView

from animations.actions.projects.file_links import sign_file
from animations.actions.projects.share import share
from animations.models import EmojiSet, ExportFile, Pack, Preset, Project
from animations.routing import websocket_urlpatterns
from tests.conftest import MakeProject
from tests.consumers.conftest import open_socket
from tests.models.pack_files import finished_pack

Audience = Literal["everybody", "people", "owner"]
Arguments = Callable[[Project], dict[str, Any]]


@dataclass(frozen=True)
class Access:
    """Who may pass. `anonymous` is the status for those who are not signed in: 401 of the API, 302 of a page."""

    audience: Audience
    anonymous: int = 401
    arguments: Arguments = lambda project: {}


def in_project(project: Project) -> dict[str, Any]:
    return {"project_id": project.pk}


def trashed_project(project: Project) -> dict[str, Any]:
    Project.objects.filter(pk=project.pk).update(trashed_at=timezone.now())
    return {"project_id": project.pk}


def token_of(project: Project) -> str:
    return share(project, days=1).token


def shared_project(project: Project) -> dict[str, Any]:
    share(project, days=1)
    return in_project(project)


def in_frame(project: Project) -> dict[str, Any]:
    return {"project_id": project.pk, "index": 1}


def export_job(project: Project) -> dict[str, Any]:
    return {"job_id": project.jobs.get(kind="generate").pk}


def set_of(project: Project) -> dict[str, Any]:
    emoji_set = EmojiSet.objects.create(owner=project.owner, name="Faces")
    Project.objects.filter(pk=project.pk).update(emoji_set=emoji_set)
    return {"set_id": emoji_set.pk}


def pack_of(project: Project) -> Pack:
    return finished_pack(EmojiSet.objects.get(pk=set_of(project)["set_id"]), project)


def source_file(kind: str) -> Arguments:
    return lambda project: {"pk": project.source.pk, "kind": kind}


def candidate_file(project: Project) -> dict[str, Any]:
    return {"pk": project.frames.get(index=0).chosen_id, "kind": "cutout"}


ACCESS: dict[str, Access] = {
    "home": Access("everybody"),
    "new": Access("people", 302),
    "set": Access("owner", 302, lambda project: {"pk": set_of(project)["set_id"]}),
    "studio": Access("owner", 302, lambda project: {"pk": project.pk}),
    "candidate-file": Access("owner", 404, candidate_file),
    "candidate-preview": Access("owner", 404, lambda project: {"pk": project.frames.get(index=0).chosen_id}),
    "source-file": Access("owner", 404, source_file("original")),
    "matte-file": Access("owner", 404, lambda project: {"pk": project.source.matte_id, "kind": "alpha"}),
    "export-file": Access("owner", 404, lambda project: {"pk": ExportFile.objects.get(export__project=project).pk}),
    "pack-file": Access("owner", 404, lambda project: {"pk": pack_of(project).files.get().pk}),
    "shared": Access("everybody", 200, lambda project: {"token": token_of(project)}),
    "shared-frame": Access(
        "everybody",
        200,
        lambda project: {"token": token_of(project), "pk": project.frames.get(index=0).chosen_id},
    ),
    "shared-file": Access(
        "everybody",
        200,
        lambda project: {"token": token_of(project), "pk": ExportFile.objects.get(export__project=project).pk},
    ),
    "signed-file": Access("everybody", arguments=lambda project: {"signed": sign_file(project.exports.get())[0]}),
    "preset-preview": Access("everybody", 404, lambda project: {"slug": "bounce"}),
    "healthz": Access("everybody"),
    "metrics": Access("everybody"),  # on this machine; tests/web/test_metrics.py has the rest of the world
    "gpu-hook": Access("everybody", 404, lambda project: {"signed": "not-signed-by-us"}),
    "api:root": Access("everybody"),
    "api:schema": Access("everybody"),
    "api:docs": Access("everybody"),
    "api:presets": Access("people"),
    "api:preset": Access("people", 401, lambda project: {"slug": "bounce"}),
    "api:motions-read": Access("people"),
    "api:platforms": Access("people"),
    "api:engines": Access("people"),
    "api:projects": Access("people"),
    "api:project": Access("owner", 401, in_project),
    "api:generate": Access("owner", 401, in_project),
    "api:source-refine": Access("owner", 401, in_project),
    "api:source-mattes": Access("owner", 401, in_project),
    "api:source-choose": Access("owner", 401, in_project),
    "api:generations-choose": Access("owner", 401, in_project),
    "api:timeline": Access("owner", 401, in_project),
    "api:finish": Access("owner", 401, in_project),
    "api:frame": Access("owner", 401, in_frame),
    "api:choose": Access("owner", 401, in_frame),
    "api:choose-for-all": Access("owner", 401, in_project),
    "api:retry": Access("owner", 401, in_frame),
    "api:refine": Access("owner", 401, in_frame),
    "api:propagate": Access("owner", 401, in_frame),
    "api:exports": Access("owner", 401, in_project),
    "api:previews": Access("owner", 401, in_project),
    "api:export": Access("owner", 401, lambda project: {"export_id": project.exports.get().pk}),
    "api:export-report": Access("owner", 401, lambda project: {"export_id": project.exports.get().pk}),
    "api:sets": Access("people"),
    "api:set": Access("owner", 401, set_of),
    "api:set-retry": Access("owner", 401, set_of),
    "api:packs": Access("owner", 401, set_of),
    "api:stores": Access("owner", 401, set_of),
    "api:pack": Access("owner", 401, lambda project: {"pack_id": pack_of(project).pk}),
    "api:job": Access("owner", 401, export_job),
    "api:cancel": Access("owner", 401, export_job),
    "api:usage": Access("people"),
    "api:tickets": Access("people"),
    "api:guests": Access("everybody"),
    "api:duplicate": Access("owner", 401, in_project),
    "api:file-link": Access("owner", 401, lambda project: {"export_id": project.exports.get().pk}),
    "api:share": Access("owner", 401, shared_project),
    "api:restore": Access("owner", 401, trashed_project),
}
UNKNOWN_PATHS = {"api:unknown-path"}
"""Answers 404 to everybody."""
SOCKETS = {"project-socket": 4401, "no-socket": None}
"""The code for who is not signed in; None is refused at the handshake."""
NOT_OURS = ("_allauth/", "accounts/", "language/")
"""Signing in and out: allauth's own, and about nobody's objects."""
ADMIN = "admin/"
OPEN_ADMIN_PATHS = {"login", "logout", "jsi18n"}


def addresses(resolver: Any, route: str = "", names: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """Yield (route, full name, pattern) of everything the resolver knows."""
    for part in resolver.url_patterns:
        here = route + str(part.pattern)
        if isinstance(part, URLResolver):
            yield from addresses(part, here, f"{names}{part.namespace}:" if part.namespace else names)
        else:
            yield here, f"{names}{part.name}", part


def is_redirect(pattern: URLPattern) -> bool:
    """Return whether the address only leads to another, which is an address itself."""
    return getattr(pattern.callback, "view_class", None) is RedirectView


EVERYTHING = list(addresses(get_resolver()))
OURS = {
    name: pattern
    for route, name, pattern in EVERYTHING
    if not route.startswith((ADMIN, *NOT_OURS, *UNKNOWN_PATHS)) and not is_redirect(pattern)
}
OWNED = sorted(name for name, access in ACCESS.items() if access.audience == "owner")
REST = sorted(ACCESS.keys() - OWNED)


def methods(name: str) -> list[str]:
    """Return what may be asked there: an API view's own methods, and GET of a page or file."""
    view = getattr(OURS[name].callback, "cls", None)
    named = ("get", "post", "put", "patch", "delete")
    return [method for method in named if hasattr(view, method)] if view else ["get"]


def ask(client: Client, method: str, url: str) -> tuple[int, str]:
    answer = getattr(client, method)(url)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer.status_code, answer.headers.get("Location", "")


def address(name: str, project: Project) -> str:
    return reverse(name, kwargs=ACCESS[name].arguments(project))


@pytest.fixture
def emoji(owner: User, new_project: MakeProject, bounce: Preset) -> Project:
    return new_project(owner)


@pytest.fixture
def stranger_client(stranger: User) -> Client:
    client = Client()
    client.force_login(stranger)
    return client


def test_every_address_is_in_the_table() -> None:
    assert ACCESS.keys() | UNKNOWN_PATHS == OURS.keys()
    assert SOCKETS.keys() == {pattern.name for pattern in websocket_urlpatterns}


@pytest.mark.parametrize("name", OWNED)
def test_a_stranger_gets_404_for_somebody_elses(emoji: Project, stranger_client: Client, name: str) -> None:
    url = address(name, emoji)
    for method in methods(name):
        assert ask(stranger_client, method, url)[0] == 404, method
    assert Project.objects.filter(pk=emoji.pk, status="ready", revision=1).exists()


@pytest.mark.parametrize("name", OWNED)
def test_the_owner_passes(emoji: Project, owner: User, name: str) -> None:
    client = Client()
    client.force_login(owner)
    url = address(name, emoji)
    for method in methods(name):
        status, _ = ask(client, method, url)
        assert status not in (401, 403, 404, 405), method
        assert method != "get" or status == 200


@pytest.mark.parametrize("name", OWNED + [name for name in REST if ACCESS[name].audience == "people"])
def test_anonymous_requests_are_sent_to_sign_in(emoji: Project, name: str) -> None:
    expected = ACCESS[name].anonymous
    for method in methods(name):
        status, location = ask(Client(), method, address(name, emoji))
        assert status == expected, method
        assert (status == 302) == location.startswith(reverse(settings.LOGIN_URL))


@pytest.mark.parametrize("name", REST)
def test_a_stranger_may_pass_where_everybody_may(emoji: Project, stranger_client: Client, name: str) -> None:
    url = address(name, emoji)
    wanting = {"preset-preview": 404, "api:motions-read": 400, "gpu-hook": 405, "api:guests": 405}
    assert ask(stranger_client, "get", url)[0] == wanting.get(name, 405 if methods(name) == ["post"] else 200)
    if ACCESS[name].audience == "everybody":
        assert ask(Client(), "get", url)[0] == wanting.get(name, 200)


def test_the_admin_is_for_staff(stranger_client: Client) -> None:
    inside = [
        route
        for route, name, _ in EVERYTHING
        if route.startswith(ADMIN) and without_namespace(name) not in OPEN_ADMIN_PATHS
    ]
    assert len(inside) > 40
    for route in inside:
        path = "/" + re.sub(r"<\w+:\w+>|\(\?P<\w+>.*", "1", route)
        for client in (stranger_client, Client()):
            status, location = ask(client, "get", path)
            assert (status, location.partition("?")[0]) == (302, reverse("admin:login")), path


def without_namespace(name: str) -> str:
    return name.rpartition(":")[2]


@pytest.mark.django_db(transaction=True)
async def test_the_socket_of_somebody_else_is_gone_and_needs_signing_in(
    transactional_db: None, emoji: Project, stranger_client: Client
) -> None:
    path = f"/ws/projects/{emoji.pk}/"
    async with open_socket(path, stranger_client.cookies["sessionid"].value) as socket:
        assert await socket.close_code() == 4404
    async with open_socket(path) as socket:
        assert await socket.close_code() == SOCKETS["project-socket"]


def test_every_row_of_the_table_has_an_address(emoji: Project) -> None:
    for name in ACCESS:
        assert address(name, emoji).startswith("/")
    assert all(methods(name) for name in ACCESS)
