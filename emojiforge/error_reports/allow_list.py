"""Build a report from what may leave the house: which code failed, never what it was working on.

An allow-list, because nobody can list what must not go. The message of an exception is left out too: databases and
parsers quote the value that they refuse. A log message goes as the words in our code, without what was put into them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

FACTS: Final = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment", "sdk")
EXCEPTION: Final = ("type", "module")
MECHANISM: Final = ("type", "handled", "exception_id", "parent_id", "is_exception_group")
FRAME: Final = ("filename", "module", "function", "lineno", "in_app", "pre_context", "context_line", "post_context")
OWN_LOGGERS: Final = ("animations.", "emojiforge.", "gpu.")
UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def keep_allowed(event: Mapping[str, Any], _hint: object) -> Any:
    """Return the report to send for `event`; None for an answer of ours that is no error, such as a stated 503."""
    raised = (event.get("exception") or {}).get("values") or []
    if event.get("logger") == "django.request" and not raised:
        return None
    report = _only(event, FACTS)
    if raised:
        report["exception"] = {"values": [_exception(each) for each in raised]}
    if str(event.get("logger")).startswith(OWN_LOGGERS):
        report |= _log_entry(event.get("logentry") or {})
    return report


def _exception(value: Mapping[str, Any]) -> dict[str, Any]:
    frames = (value.get("stacktrace") or {}).get("frames") or []
    return _only(value, EXCEPTION) | {
        "mechanism": _only(value.get("mechanism") or {}, MECHANISM),
        "stacktrace": {"frames": [_frame(frame) for frame in frames]},
    }


def _frame(frame: Mapping[str, Any]) -> dict[str, Any]:
    """Return a frame; of a file that is no module's, the name without the folders of this machine."""
    return _only(frame, FRAME) | {"filename": re.sub(r"^/.*/", "", str(frame.get("filename")))}


def _log_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words of our code, and of their parameters the ids of rows, by which the log and admin find them."""
    parameters = entry.get("params") or []
    return {"logentry": {"message": entry.get("message")}, "extra": {"ids": UUID.findall(str(parameters))}}


def _only(mapping: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: mapping[name] for name in names if name in mapping}
