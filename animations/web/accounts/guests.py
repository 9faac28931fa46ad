"""Admit guests to pages, and give their work to the account that they sign up or log in to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from animations.actions.users.guests import claim
from animations.models.users.guest import SESSION_KEY, guest_of


def admit_guest(request: HttpRequest) -> None:
    """Make the session's guest the user of this request, if nobody is signed in.

    Called by the pages that are for guests, too: to all others, as those of accounts, a guest is not signed in.
    """
    if not request.user.is_authenticated and (guest := guest_of(request.session)):
        request.user = guest
        request.is_guest = True  # type: ignore[attr-defined]  # for the templates


def guest_or_login_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a page that is for guests, too; others are sent to the page for logging in."""
    for_signed_in = login_required(view)

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        admit_guest(request)
        return for_signed_in(request, *args, **kwargs)

    return wrapped


@receiver(user_logged_in)
def keep_work(request: HttpRequest, user: User, **_: Any) -> None:
    """Give what the session's guest has made to who signs up or logs in, and remember where the newest of it is."""
    guest = guest_of(request.session)
    request.session.pop(SESSION_KEY, None)
    if guest and (project_id := claim(guest, user)):
        request.kept_project = project_id  # type: ignore[attr-defined]  # for the adapter
