"""Sentry's client, configured to add nothing by itself and never to block a process."""

from __future__ import annotations

from typing import Any, Final

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration, ignore_logger
from sentry_sdk.transport import HttpTransport

from emojiforge.error_reports.allow_list import keep_allowed

FLUSH_S: Final = 1.0
"""The longest that a process waits for its last reports when it ends."""
IGNORED_LOGGERS: Final = ("rq.worker", "django.security.DisallowedHost")
"""Loggers that repeat what ours log better, or that strangers can trigger at will."""

COLLECT_NOTHING: Final[dict[str, Any]] = {
    "default_integrations": False,
    "auto_enabling_integrations": False,
    "send_default_pii": False,
    "include_local_variables": False,
    "max_request_body_size": "never",
    "max_breadcrumbs": 0,
    "auto_session_tracking": False,
    "enable_backpressure_handling": False,
    "send_client_reports": False,
}
"""The log is the only source: no framework is patched, so no request, query or user is ever collected."""


class BoundedTransport(HttpTransport):
    """Gives up a request after 5 s. It runs in a thread of its own, with a queue of at most 100 reports."""

    TIMEOUT = 5


def start() -> None:
    """Set up the client for this process, without sending anything yet."""
    for name in IGNORED_LOGGERS:
        ignore_logger(name)
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.SENTRY_ENVIRONMENT,
        release=settings.SENTRY_RELEASE,
        server_name="",
        before_send=keep_allowed,
        transport=BoundedTransport,
        shutdown_timeout=FLUSH_S,
        integrations=[
            LoggingIntegration(level=None, sentry_logs_level=None),
            ExcepthookIntegration(),
            DedupeIntegration(),
            AtexitIntegration(callback=lambda _pending, _timeout: None),
        ],
        **COLLECT_NOTHING,
    )


def flush() -> None:
    """Wait until captured reports are sent, at most `FLUSH_S`."""
    sentry_sdk.flush(FLUSH_S)
