"""Adapt allauth to this site."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Allauth's rules, but an address that is none leads nowhere, and guests land where their work is."""

    def is_safe_url(self, url: str | None) -> bool:
        """Return whether somebody may be sent on to `url`."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # "http://["
            return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the page of what the person made as a guest a moment ago; else the usual one."""
        return _kept_work(request) or str(super().get_login_redirect_url(request))

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Return the page of what the person made as a guest a moment ago; else the usual one."""
        return _kept_work(request) or str(super().get_signup_redirect_url(request))


def _kept_work(request: HttpRequest) -> str:
    kept = getattr(request, "kept_project", None)
    return reverse("studio", args=[kept]) if kept else ""
