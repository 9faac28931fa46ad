"""Adapt allauth to this site."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Allauth's rules, and an address that is none leads nowhere."""

    def is_safe_url(self, url: str | None) -> bool:
        """Return whether somebody may be sent on to `url`."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # "http://["
            return False
