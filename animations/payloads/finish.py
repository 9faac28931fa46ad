"""A finish as the API and the socket show it: with all its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from animations.finish.options import read_finish
from animations.payloads.types import FinishPayload


def finish_payload(finish: Mapping[str, Any]) -> FinishPayload:
    """Describe a stored finish."""
    return cast(FinishPayload, asdict(read_finish(finish)))
