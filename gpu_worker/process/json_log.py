"""The worker's log: one JSON object a line on stdout, with the id of its job. Never pixels, never keys.

Tracebacks stand here and nowhere else; an error on the wire has a code and a sentence.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from typing import Any, Final

CURRENT_JOB: Final[ContextVar[str | None]] = ContextVar("job", default=None)
"""The job that this task of the event loop works for."""
TRACE_LIMIT: Final = 4000
"""Characters of a traceback that are kept: its end, where the cause stands."""

log = logging.getLogger("gpu_worker")


def configure_logging() -> None:
    """Send the lines to stdout, where RunPod (or the local endpoint) reads them."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)


def log_event(event: str, **fields: Any) -> None:
    """Log one line about an event. `fields` are JSON values."""
    log.info(_format(event, fields))


def log_exception(event: str, **fields: Any) -> None:
    """Log one line about the exception being handled, with its traceback."""
    log.error(_format(event, fields | {"trace": traceback.format_exc()[-TRACE_LIMIT:]}))


def _format(event: str, fields: dict[str, Any]) -> str:
    job = CURRENT_JOB.get()
    about = {"event": event} if job is None else {"event": event, "id": job}
    return json.dumps(about | fields)
