"""Serve files to those who may see what they belong to; 404 for everybody else, signed in or not."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final, Literal
from urllib.parse import quote
from uuid import UUID

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from animations.database import give_back_connection
from animations.encode.file_names import ascii_name, safe_stem
from animations.models import Candidate, ExportFile, Matte, Pack, PackFile, Preset, Project, Source
from animations.networks import network_of
from animations.web.accounts.guests import admit_guest
from animations.web.downloads import file_response
from animations.web.middleware.csp import CSP_HEADER, FILE_POLICY

SHOWN_TYPES: Final = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".webm": "video/webm",
}
"""The types that a page shows. Everything else is a download of bytes."""
CACHE_FOREVER: Final = "private, max-age=31536000, immutable"
REVALIDATE: Final = "private, no-cache"
CANDIDATE_KINDS: Final = ("picture", "alpha", "cutout")
MATTE_KINDS: Final = ("alpha", "cutout")

Disposition = Literal["inline", "attachment"]


@require_safe
def candidate_file(request: HttpRequest, pk: UUID, kind: str) -> HttpResponseBase:
    """Serve one image of a candidate. A candidate never changes once it is ready, so neither does the answer."""
    if kind not in CANDIDATE_KINDS:
        raise Http404
    candidate = get_object_or_404(Candidate, pk=pk, frame__project__in=_visible_projects(request))
    return serve(request, getattr(candidate, kind), CACHE_FOREVER)


@require_safe
def candidate_preview(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Serve a candidate's cutout as the pages show it: smaller, where that was made."""
    candidate = get_object_or_404(Candidate, pk=pk, frame__project__in=_visible_projects(request))
    return serve(request, candidate.preview or candidate.cutout, CACHE_FOREVER)


@require_safe
def source_file(request: HttpRequest, pk: UUID, kind: str) -> HttpResponseBase:
    """Serve the uploaded picture, or its matte in use, which is not cached: another may take its place."""
    rows = Source.objects.select_related("matte", "project")
    source = get_object_or_404(rows, pk=pk, project__in=_visible_projects(request))
    if kind == "original":
        name = f"{safe_stem(source.project.name)}.{source.original_format}"
        return serve(request, source.original, CACHE_FOREVER, "attachment", name)
    if kind == "picture":
        return serve(request, source.picture, CACHE_FOREVER)
    if kind in MATTE_KINDS and source.matte:
        return serve(request, getattr(source.matte, kind), REVALIDATE)
    raise Http404


@require_safe
def matte_file(request: HttpRequest, pk: UUID, kind: str) -> HttpResponseBase:
    """Serve one image of a source's matte, which never changes: a refined one has an address of its own."""
    if kind not in MATTE_KINDS:
        raise Http404
    matte = get_object_or_404(Matte, pk=pk, source__project__in=_visible_projects(request))
    return serve(request, getattr(matte, kind), CACHE_FOREVER)


@require_safe
def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Serve a finished file to keep, under its own name; `?inline=1` shows it instead."""
    row = get_object_or_404(ExportFile, pk=pk, export__project__in=_visible_projects(request))
    how: Disposition = "inline" if request.GET.get("inline") == "1" else "attachment"
    return serve(request, row.file, CACHE_FOREVER, how, row.name)


@require_safe
def pack_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Serve a pack's ZIP or its report to keep, under its own name."""
    row = get_object_or_404(PackFile, pk=pk, pack__in=Pack.objects.visible_to(_viewer(request)))
    return serve(request, row.file, CACHE_FOREVER, "attachment", row.name)


@require_safe
def preset_preview(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Serve the moving preview of a preset; one that is not published yet is for staff.

    With the preview's digest as `?v=` it may be cached for ever; without, browsers ask each time.
    """
    presets = Preset.objects.all() if request.user.is_staff else Preset.objects.active()
    preset = get_object_or_404(presets, slug=slug)
    named = preset.preview_of and request.GET.get("v") == preset.preview_of
    return serve(request, preset.preview, CACHE_FOREVER if named else REVALIDATE)


def _viewer(request: HttpRequest) -> User | AnonymousUser:
    """Return who asks: a browser by its session, a guest too; an app by the header that it sends to the API."""
    signed_in = XSessionTokenAuthentication().authenticate(request)
    if not signed_in:
        admit_guest(request)
    return signed_in[0] if signed_in else request.user


def _visible_projects(request: HttpRequest) -> QuerySet[Project]:
    return Project.objects.visible_to(_viewer(request))


def serve(
    request: HttpRequest, file: FieldFile, caching: str, how: Disposition = "inline", name: str = ""
) -> HttpResponseBase:
    """Return the file with its type, or 304 for a browser that has it. Stored names hold a digest: it is the ETag."""
    if not file.name:
        raise Http404
    stored = PurePath(file.name)
    etag = f'"{stored.stem}"'
    response = get_conditional_response(request, etag=etag) or _file_response(request, file, etag)
    if response.status_code < 400:
        _set(response, {"ETag": etag, "Cache-Control": caching})
    if response.status_code < 300:
        _set(response, {"Content-Disposition": content_disposition(how, name or stored.name)})
    _set(response, {"X-Content-Type-Options": "nosniff", CSP_HEADER: FILE_POLICY})
    return response


def _set(response: HttpResponseBase, headers: dict[str, str]) -> None:
    for header, value in headers.items():
        response.headers[header] = value


def _file_response(request: HttpRequest, file: FieldFile, etag: str) -> HttpResponseBase:
    give_back_connection()  # of the pool's twenty none waits for a storage that hangs
    try:
        opened = file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    kind = SHOWN_TYPES.get(PurePath(str(file.name)).suffix.lower(), "application/octet-stream")
    person = str(_viewer(request).pk or network_of(request.META.get("REMOTE_ADDR", "")))
    return file_response(request, opened, etag, kind, person)


def content_disposition(how: Disposition, name: str) -> str:
    """Return the header for a file called `name` (RFC 6266): in ASCII, and in full by RFC 8187."""
    plain = ascii_name(name)
    header = f'{how}; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"
