"""Show a shared emoji to whoever has its link: its loop and its files, and nothing else of its owner."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.core.cache import cache
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from animations.actions.projects.file_links import signed_files
from animations.encode.platforms import PLATFORMS
from animations.models import Candidate, Export, ExportFile, Project
from animations.models.users.share_link import shared_projects
from animations.networks import network_of
from animations.translation import translated
from animations.web import finish
from animations.web.media import REVALIDATE, serve

PER_MINUTE: Final = 600
"""Requests from one address: a page with sixty frames, ten times."""
HEADERS: Final = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
View = Callable[..., HttpResponseBase]


class SharedFile(NamedTuple):
    """A file to download, the label of its platform, and whether it shows older frames than the loop on the page."""

    row: ExportFile
    label: str
    is_older: bool


def for_link_holders(view: View) -> View:
    """Decorate a view of what is shared: bounded by address, in no index, its address told to no other site."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _requests_this_minute(request) > PER_MINUTE:
            refusal = translated("Too many requests.")
            response: HttpResponseBase = HttpResponse(refusal, status=HTTPStatus.TOO_MANY_REQUESTS)
        else:
            response = view(request, *args, **kwargs)
        for name, value in HEADERS.items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return wrapped


def _requests_this_minute(request: HttpRequest) -> int:
    key = f"shared:{network_of(request.META.get('REMOTE_ADDR', ''))}"
    try:
        cache.add(key, 0, 60)
        return int(cache.incr(key))
    except ValueError:  # the minute has just ended, or the cache is away
        return 0


@require_safe
@for_link_holders
def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show the loop, and the latest file for each platform."""
    project = get_object_or_404(shared_projects(token))
    frames = project.current_frames().filter(chosen__isnull=False)
    moments = [
        {"url": reverse("shared-frame", args=[token, frame.chosen_id]), "delay": frame.delay_ms} for frame in frames
    ]
    done = project.exports.requested().filter(status=Export.Status.SUCCEEDED).order_by("created_at")
    newest = {export.platform: export for export in done}
    files = _shared_files(project, list(newest.values()))
    setup = finish.shared_setup(project, next(reversed(newest), next(iter(PLATFORMS))))
    context = {"project": project, "moments": moments, "files": files, "token": token, "finish": setup}
    return render(request, "web/shared.html", context)


def _shared_files(project: Project, exports: list[Export]) -> list[SharedFile]:
    """Return the exports' files in the order of the platforms, those first that show the loop as it is now."""
    revision, order = project.frames_revision(), list(PLATFORMS)
    rows = ExportFile.objects.filter(export__in=exports).select_related("export").order_by("pk")
    files = [
        SharedFile(row, translated(PLATFORMS[row.export.platform].label), row.export.frames_revision < revision)
        for row in sorted(rows, key=lambda row: order.index(row.export.platform))
    ]
    return sorted(files, key=lambda file: file.is_older)


@require_safe
@for_link_holders
def shared_frame(request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
    """Serve a frame of the loop as it is shown."""
    shown = Candidate.objects.filter(frame__project__in=shared_projects(token), frame__chosen=F("pk"))
    candidate = get_object_or_404(shown, pk=pk)
    return serve(request, candidate.preview or candidate.cutout, REVALIDATE)


@require_safe
@for_link_holders
def shared_file(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    """Serve a finished file to keep."""
    done = Export.objects.requested().filter(project__in=shared_projects(token), status=Export.Status.SUCCEEDED)
    files = ExportFile.objects.filter(export__in=done)
    row = get_object_or_404(files, pk=pk)
    return serve(request, row.file, REVALIDATE, "attachment", row.name)


@require_safe
@for_link_holders
def signed_file(request: HttpRequest, signed: str) -> HttpResponseBase:
    """Show a finished file on another device of its owner's."""
    row = get_object_or_404(signed_files(signed))
    return serve(request, row.file, REVALIDATE, "inline", row.name)
