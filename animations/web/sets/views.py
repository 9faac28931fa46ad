"""Render the page of a set as it begins; changes come over the API."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from animations.models import EmojiSet, Pack
from animations.payloads.sets import set_payload
from animations.web import finish
from animations.web.accounts.guests import guest_or_login_required


@require_safe
@never_cache
@ensure_csrf_cookie
@guest_or_login_required
def emoji_set(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a set, with its state in the page, so that nothing is empty while the scripts start."""
    found = get_object_or_404(EmojiSet.objects.visible_to(request.user), pk=pk)
    shown = {
        "emoji_set": found,
        "state": set_payload(found),
        "card_setup": finish.card_script_setup(),
        "pack_lengths": {"title": Pack.TITLE_LENGTH, "author": Pack.AUTHOR_LENGTH},
    }
    return render(request, "web/set.html", shown)
