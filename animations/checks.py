"""Settings that are wrong are named when the product starts, all at once."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.http.request import validate_host


@register()
def settings_are_usable(*_: object, **__: object) -> list[CheckMessage]:
    """Return one error per wrong value, in the words that `emojiforge.environment` found for it."""
    errors: list[CheckMessage] = [
        Error(message, id=f"emojiforge.E{number:03}") for number, message in enumerate(settings.SETTINGS_ERRORS, 1)
    ]
    if settings.RUNPOD_API_KEY and settings.RUNPOD_ENDPOINT_ID == "local":
        errors.append(Error("RUNPOD_ENDPOINT_ID is required with RUNPOD_API_KEY.", id="emojiforge.E102"))
    if not (settings.ALLOWED_HOSTS or settings.DEBUG):
        errors.append(
            Error("ALLOWED_HOSTS is required while HOST is not a loopback address.", id="emojiforge.E103"),
        )
    return errors


@register()
def public_site_is_safe(*_: object, **__: object) -> list[CheckMessage]:
    """Return what is unsafe where others than the people of this machine come."""
    if settings.IS_LOCAL or settings.DEBUG:
        return []
    https = settings.PUBLIC_URL.startswith("https://")
    host = urlsplit(settings.PUBLIC_URL).hostname
    return [
        Warning(f"{message}.", id=f"emojiforge.{name}")
        for name, message, wrong in (
            ("W201", "SECRET_KEY can be guessed: set 50 random characters or more", _is_weak(settings.SECRET_KEY)),
            (
                "W202",
                "ALLOWED_HOSTS is *: name the hosts, or mails may lead elsewhere",
                "*" in settings.ALLOWED_HOSTS,
            ),
            ("W203", "PUBLIC_URL is not https://, so passwords and cookies may travel in the open", not https),
            (
                "W204",
                "TRUSTED_PROXIES is 0, so all who come through the proxy share its address and its limits",
                https and not settings.TRUSTED_PROXIES,
            ),
            (
                "W205",
                f"ALLOWED_HOSTS does not name {host}, the host of PUBLIC_URL, so who comes there is refused",
                host and not validate_host(host, settings.ALLOWED_HOSTS),
            ),
        )
        if wrong
    ]


def _is_weak(key: str) -> bool:
    """Return whether a secret key could be guessed, by the rule of Django's `check --deploy`."""
    return len(key) < 50 or len(set(key)) < 5 or key.startswith("django-insecure-")
