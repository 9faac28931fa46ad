"""Render the pages as they begin; changes come over the socket and the API."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from animations.actions.projects.search import CHOICES, ProjectSearch
from animations.actions.uploads import max_megabytes
from animations.actions.users import guests
from animations.ingest.formats import ACCEPT, FORMAT_NAMES
from animations.matte.engines import ENGINE_CHOICES, ENGINES, MATTE_OPTIONS
from animations.matte.refine_tools import LEAST_SURE
from animations.models import EmojiSet, Export, Preset, Project, ShareLink
from animations.models.quota import limits_of, stored_by
from animations.motion import sampling
from animations.payloads import (
    DRAWING_MS,
    DRAWN_SIDE,
    ExportPayload,
    export_payload,
    matte_estimates,
    project_detail_payload,
)
from animations.translation import translated
from animations.web import cards, finish
from animations.web.accounts.guests import admit_guest, guest_or_login_required
from animations.web.sets.cards import set_links
from animations.web.studio.export_choices import export_choices

SAMPLES: Final = (
    ("ember", "Ember, waving"),
    ("cat", "A cat with a bell"),
    ("cactus", "A cactus in bloom"),
)
SIZES: Final = (128, 256, 320, 512)
FRAME_RATES: Final = (5, 8, 10, 12, 15, 20, 25)
"""Of a clip, per second."""
FRAME_TIMES: Final = (200, 125, 100, 80, 50, 40)
"""Of a drawn loop, in ms: 5 to 25 frames a second."""
CLIP_RULES: Final = {
    "limits": {
        "min_frames": sampling.MIN_FRAMES,
        "max_frames": sampling.MAX_FRAMES,
        "usual_frames": sampling.USUAL_FRAMES,
        "max_ms": sampling.MAX_LOOP_MS,
        "min_delay_ms": sampling.MIN_DELAY_MS,
        "long_stay_ms": sampling.LONG_STAY_MS,
    }
}
"""The rules of sampling a clip, for the script that says what a range gives before it is sent."""
CLIP_MESSAGES: Final = {
    "too_long": sampling.TOO_LONG,
    "one_picture": sampling.ONE_PICTURE,
    "one_picture_at_rate": sampling.ONE_AT_THIS_RATE,
}


@require_safe
@never_cache
@ensure_csrf_cookie
def home(request: HttpRequest) -> HttpResponse:
    """Show a person's emojis; show a visitor the landing page."""
    admit_guest(request)
    if not request.user.is_authenticated:
        context = _upload_choices() | {
            "presets": Preset.objects.active()[:12],
            "guests_are_welcome": guests.is_open(),
        }
        return render(request, "web/landing.html", context)
    search = ProjectSearch.from_query(request.GET.dict())
    page = cards.page_of_projects(request.user, search, request.GET.get("page"))
    context = {
        "page": page,
        "cards": cards.cards_of(page),
        "sets": set_links(request.user, search) if page.number == 1 else [],
        "search": search,
        "choices": CHOICES,
        "trashed": Project.objects.in_trash_of(request.user.pk),
        "name_length": Project.NAME_LENGTH,
        "stored": stored_by(request.user.pk),
        "limits": limits_of(request.user.pk),
        "share_days": ShareLink.Days,
    }
    return render(request, "web/home.html", context)


@require_safe
@never_cache
@ensure_csrf_cookie
@guest_or_login_required
def new(request: HttpRequest) -> HttpResponse:
    """Let a person choose a picture and a motion."""
    project = _project_to_start_from(request)
    defaults = Project(matte=project.matte, size=project.size) if project else Project()
    context = {"defaults": defaults, "source_of": project, "most_in_set": EmojiSet.SIZE[1]}
    return render(request, "web/new.html", _upload_choices() | _motion_choices(defaults) | context)


def _project_to_start_from(request: HttpRequest) -> Project | None:
    """Return the emoji of `?from=`, whose picture is used again. Raises 404 for what is not the person's."""
    asked = request.GET.get("from")
    if not asked:
        return None
    try:
        pk = UUID(asked)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(Project.objects.visible_to(request.user).for_payload(), pk=pk)


@require_safe
@never_cache
@ensure_csrf_cookie
@guest_or_login_required
def studio(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one emoji, with the socket's first snapshot in the page, so that nothing is empty while it connects."""
    rows = Project.objects.visible_to(request.user).for_payload()
    project = get_object_or_404(rows, pk=pk)
    context = {
        "project": project,
        "state": _state(project),
        "defaults": project,
        "engines": ENGINES,
        "engine_names": {slug: translated(label) for slug, label in ENGINE_CHOICES},
        "least_sure": LEAST_SURE,
        "finish": finish.form_choices(),
        "finish_setup": finish.script_setup(),
        "share_days": ShareLink.Days,
    }
    return render(request, "web/studio.html", _motion_choices(project) | export_choices(request.user) | context)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  (Django passes it)
    """Answer while the web process and its database do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def _upload_choices() -> dict[str, Any]:
    """Return the context of `_picture_drop.html`."""
    return {"samples": SAMPLES, "accept": ACCEPT, "formats": FORMAT_NAMES, "max_megabytes": max_megabytes()}


def _motion_choices(defaults: Project) -> dict[str, Any]:
    """Return the context of `_motion_picker.html`, with the choices that `defaults` has among them."""
    frame_times = sorted({*FRAME_TIMES, defaults.frame_ms}, reverse=True)
    least, most = Project.LIMITS["candidates"]
    return {
        "presets": Preset.objects.active(),
        "frame_rates": FRAME_RATES,
        "frame_times": [(each, f"{1000 / each:.3g}") for each in frame_times],
        "sizes": sorted({*SIZES, defaults.size}),
        "matte_options": MATTE_OPTIONS,
        "candidate_counts": range(least, most + 1),
        "clip_rules": {**CLIP_RULES, "messages": {name: translated(text) for name, text in CLIP_MESSAGES.items()}},
        "estimates": {"mattes": matte_estimates(), "drawing_ms": DRAWING_MS, "drawn_side": DRAWN_SIDE},
    }


def _state(project: Project) -> dict[str, Any]:
    """Return the page's first snapshot. A file whose `frames_revision` is below the page's shows older frames."""
    return {
        "revision": project.revision,
        "project": project_detail_payload(project),
        "exports": _newest_files(project.exports.requested()),
        "previews": _newest_files(project.exports.previews()),
        "frames_revision": project.frames_revision(),
    }


def _newest_files(exports: QuerySet[Export]) -> list[ExportPayload]:
    """Return the newest export of each platform; no other row is read, however many there are."""
    last = exports.order_by().values("platform").annotate(last=Max("created_at")).values("last")
    rows = exports.filter(created_at__in=last).prefetch_related("files").order_by("created_at")
    newest = {export.platform: export for export in rows}
    return [export_payload(export) for export in newest.values()]
