"""Sentry's client, set up so that it adds nothing by itself and never holds a process up."""

from __future__ import annotations

from typing import Final

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration, ignore_logger
from sentry_sdk.transport import HttpTransport

from emojiforge.error_reports.allow_list import keep_allowed

FLUSH_S: Final = 1.0
"""The longest that the end of a process waits for its last reports."""
IGNORED_LOGGERS: Final = ("rq.worker", "django.security.DisallowedHost")
"""Loggers of what our own log says better, and of what strangers may cause at will."""


class BoundedTransport(HttpTransport):
    """Gives a request up after 5 s. It runs in a thread of its own, before which at most 100 reports wait."""

    TIMEOUT = 5


def start() -> None:
    """Set the client up for this process; nothing is sent yet, and nobody is asked."""
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
        # The log is the one source: no framework is patched, so no request, query or user is ever collected.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None, sentry_logs_level=None),
            ExcepthookIntegration(),
            DedupeIntegration(),
            AtexitIntegration(callback=lambda _pending, _timeout: None),
        ],
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        enable_backpressure_handling=False,
        send_client_reports=False,
    )


def flush() -> None:
    """Wait until what has been captured is sent, `FLUSH_S` at most."""
    sentry_sdk.flush(FLUSH_S)
