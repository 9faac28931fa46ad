"""The report of a file as a JSON document: what was measured against each rule, and where the rules stand."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from animations.encode.platforms import SIZE_IS_THE_LIMIT, Platform

VERSION = 1


def write_report(
    platform: Platform, file: Mapping[str, Any], checks: Sequence[Mapping[str, Any]], steps: Sequence[str]
) -> bytes:
    """Write the report of a file as JSON; `docs/exports.md` describes it. `file` holds its measures by name."""
    document = {
        "version": VERSION,
        "platform": platform.slug,
        "rules": {"source": platform.source, "sure": platform.sure, "read_on": platform.read_on or None},
        "ok": all(check["ok"] for check in checks),
        "file": dict(file) or None,
        "checks": [dict(check) for check in checks],
        "limited_by": limiting_rule(steps),
        "steps": list(steps),
    }
    return json.dumps(document, indent=1, ensure_ascii=False).encode()


def limiting_rule(steps: Sequence[str]) -> str | None:
    """Return the rule for which something of the picture was given up."""
    return "bytes" if any(step.startswith(SIZE_IS_THE_LIMIT) for step in steps) else None
