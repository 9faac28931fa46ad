"""Corrupt a worker's result on purpose."""

from __future__ import annotations

import base64
import copy
import io
from collections.abc import Callable, Sequence
from typing import Any, Final

from PIL import Image

BROKEN_BASE64: Final = "%%% this is not base64 %%%"


def corrupt_result(fault: str, result: dict[str, Any], frames: Sequence[int]) -> dict[str, Any]:
    """Return a copy of `result` (`{"output": …}` or `{"error": …}`) with the alphas of `frames` (indices) corrupted.

    `lost_result` leaves nothing at all; a fault of another kind, or an output without such alphas, leaves everything.
    """
    if fault == "lost_result":
        return {}
    if fault == "malformed_base64":
        return _change_alphas(result, frames, lambda _: BROKEN_BASE64)
    if fault == "wrong_size":
        return _change_alphas(result, frames, _resize)
    return result


def _change_alphas(result: dict[str, Any], frames: Sequence[int], change: Callable[[str], str]) -> dict[str, Any]:
    altered = copy.deepcopy(result)
    output = altered.get("output")
    results = output.get("results", [output]) if isinstance(output, dict) else []
    for index in frames:
        if index < len(results) and isinstance(results[index].get("alpha"), str):
            results[index]["alpha"] = change(results[index]["alpha"])
    return altered


def _resize(alpha: str) -> str:
    """Resize a mask by 7 pixels in width and 3 in height: a valid PNG that does not fit its image."""
    image = Image.open(io.BytesIO(base64.b64decode(alpha)))
    target = io.BytesIO()
    image.resize((image.width + 7, image.height + 3)).save(target, "PNG")
    return base64.b64encode(target.getvalue()).decode("ascii")
