"""Decide who may open a socket: our own pages, and people for as long as they are signed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.utils.http import is_same_domain

from animations.actions import tickets
from animations.models.users.guest import guest_of

DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who was let in. Whether they are still signed in is read from the database each time."""

    session_key: str
    user_id: int | None = None
    """Who it was at first; without it the session alone says who it is."""

    def user(self) -> AbstractBaseUser | None:
        """Return the person, or None once they are signed out or barred."""
        if self.session_key:
            user = _session_user(self.session_key)
            return user if user and self.user_id in (None, user.pk) else None
        return auth.get_user_model()._default_manager.filter(pk=self.user_id or 0, is_active=True).first()


def authenticate(scope: Mapping[str, Any]) -> Subscriber | None:
    """Return the holder of the ticket in the address, or whoever is signed in by the session cookie; None for nobody.

    A bad ticket is nobody's.
    """
    asked = parse_qs(scope["query_string"].decode("latin1")).get("ticket")
    if asked:
        holder = tickets.redeem(asked[0])
        return Subscriber(holder.session_key, holder.user_id) if holder else None
    key = scope["session"].session_key
    user = _session_user(key) if key else None
    return Subscriber(key, user.pk) if user else None


def _session_user(key: str) -> AbstractBaseUser | None:
    """Return the user of a stored session by Django's own rules (backend, password changes, inactive accounts).

    A session in which nobody is signed in may be a guest's.
    """
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = auth.get_user(request)
    return user if isinstance(user, AbstractBaseUser) else guest_of(request.session)


def is_allowed_origin(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Return whether a handshake comes from a page of ours, or from an app, which sends no `Origin`; browsers must.

    Channels' `OriginValidator` cannot hold this: it refuses a handshake without `Origin`, and takes every port of an
    allowed host, so any other site on this machine.
    """
    values = {name: value.decode("latin1").lower() for name, value in headers}
    if b"origin" not in values:
        return True
    try:
        origin = urlsplit(values[b"origin"])
    except ValueError:
        return False
    trusted = (urlsplit(one.lower()) for one in settings.CSRF_TRUSTED_ORIGINS)
    return _is_same_origin(origin, values.get(b"host", "")) or any(_is_trusted(one, origin) for one in trusted)


def _is_same_origin(origin: SplitResult, host: str) -> bool:
    port = DEFAULT_PORTS.get(origin.scheme)
    if port is None or not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    return origin.netloc.removesuffix(port) == host.removesuffix(port)


def _is_trusted(trusted: SplitResult, origin: SplitResult) -> bool:
    """Return whether a trusted origin covers this one; `https://*.example.com` stands for every name below it."""
    return trusted.scheme == origin.scheme and is_same_domain(origin.netloc, trusted.netloc.lstrip("*"))
