"""Settings that are wrong are named when the product starts, all at once."""

from __future__ import annotations

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def settings_are_usable(*_: object, **__: object) -> list[CheckMessage]:
    """Return one error per wrong value, in the words that `emojiforge.environment` found for it."""
    errors: list[CheckMessage] = [
        Error(message, id=f"emojiforge.E{number:03}") for number, message in enumerate(settings.SETTINGS_ERRORS, 1)
    ]
    if settings.RUNPOD_API_KEY and settings.RUNPOD_ENDPOINT_ID == "local":
        errors.append(Error("RUNPOD_ENDPOINT_ID is required with RUNPOD_API_KEY.", id="emojiforge.E102"))
    return errors
