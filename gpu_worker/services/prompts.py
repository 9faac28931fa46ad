"""Read clicks and boxes, in pixels of the image, from a request's parameters.

No torch here: a request is judged before a model is asked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gpu.contract import MAX_IMAGES, WireError

MAX_POINTS: Final = 64
MAX_PROMPTS: Final = 4 * MAX_IMAGES
MAX_OBJECTS: Final = 8
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One object: clicks (x, y) with labels (1 is in it, 0 is not), and the box (x0, y0, x1, y1) around it."""

    points: tuple[tuple[float, float], ...] = ()
    labels: tuple[int, ...] = ()
    box: Box | None = None

    def clipped_to(self, width: int, height: int) -> Prompt:
        """Clip the box to an image of this size. Raises `WireError` where a click or the box misses the image."""
        for x, y in self.points:
            if not (0 <= x <= width and 0 <= y <= height):
                raise WireError("bad_params", f"the point [{x:g}, {y:g}] is outside the {width}×{height} picture")
        return Prompt(self.points, self.labels, self.box and _clip_box(self.box, width, height))

    def merged_with(self, other: Prompt) -> Prompt:
        """Merge the clicks of both into one object. Raises `WireError` when each has a box."""
        if self.box and other.box:
            raise WireError("bad_params", "an object has one box in a frame")
        return Prompt(self.points + other.points, self.labels + other.labels, self.box or other.box)


@dataclass(frozen=True, slots=True)
class ClipPrompt:
    """A prompt in one frame of a clip (from 0) for one of its objects (a number; the same one in every frame)."""

    frame: int
    object: int
    prompt: Prompt


def read_prompt(params: Mapping[str, Any]) -> Prompt:
    """Read `points` [[x, y, 1|0], …] and `box` [x0, y0, x1, y1]. Raises `WireError` (`bad_params`)."""
    points = params.get("points")
    if points is not None and not (isinstance(points, list) and len(points) <= MAX_POINTS):
        raise WireError("bad_params", f"points must be a list of at most {MAX_POINTS} [x, y, 1 or 0]")
    read = [_read_point(point) for point in points or ()]
    box = params.get("box")
    prompt = Prompt(
        tuple((x, y) for x, y, _ in read),
        tuple(int(label) for _, _, label in read),
        None if box is None else _read_box(box),
    )
    if prompt.box is None and 1 not in prompt.labels:
        raise WireError("bad_params", "say where the subject is: a point with label 1, or a box")
    return prompt


def read_clip_prompts(params: Mapping[str, Any]) -> list[ClipPrompt]:
    """Read `prompts` [{"frame", "points", "box", "object"}, …]: one per frame and object, in the order of frames.

    `object` defaults to 0, so that a click on a later frame mends the same object. Raises `WireError`.
    """
    prompts = params.get("prompts")
    if not (isinstance(prompts, list) and 0 < len(prompts) <= MAX_PROMPTS):
        raise WireError("bad_params", f"prompts must be a list of 1 to {MAX_PROMPTS}")
    merged: dict[tuple[int, int], Prompt] = {}
    for raw in prompts:
        if not isinstance(raw, dict):
            raise WireError("bad_params", "a prompt must be an object with frame and points or box")
        key = _read_index(raw, "frame"), _read_index(raw, "object")
        prompt = read_prompt(raw)
        merged[key] = merged[key].merged_with(prompt) if key in merged else prompt
    if len({object_id for _, object_id in merged}) > MAX_OBJECTS:
        raise WireError("bad_params", f"at most {MAX_OBJECTS} objects in one clip")
    return [
        ClipPrompt(frame, object_id, prompt)
        for (frame, object_id), prompt in sorted(merged.items(), key=lambda i: i[0])
    ]


def read_model(params: Mapping[str, Any], known: Sequence[str], models: Sequence[str], service: str) -> str:
    """Return the model that `params` name, else the first. Raises `WireError` (`bad_params`, `model_unavailable`)."""
    if unknown := sorted(set(params) - set(known)):
        raise WireError("bad_params", f"{service} has no parameter {unknown[0]!r}; it takes {', '.join(known)}")
    model = params.get("model") or models[0]
    if not isinstance(model, str):
        raise WireError("bad_params", "model must be a string")
    if model not in models:
        raise WireError("model_unavailable", f"this worker has no {model!r}, only {', '.join(models)}")
    return model


def _read_point(point: object) -> tuple[float, float, float]:
    values = _read_numbers(point, 3, "a point is [x, y, 1 or 0]")
    if values[2] not in (0, 1):
        raise WireError("bad_params", "a point's label is 1 (in the subject) or 0 (not in it)")
    return values[0], values[1], values[2]


def _read_box(box: object) -> Box:
    x0, y0, x1, y1 = _read_numbers(box, 4, "box is [x0, y0, x1, y1]")
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _read_index(raw: Mapping[str, Any], name: str) -> int:
    value = raw.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MAX_IMAGES:
        raise WireError("bad_params", f"{name} must be a whole number from 0 to {MAX_IMAGES - 1}")
    return value


def _read_numbers(value: object, count: int, shape: str) -> list[float]:
    # `int.is_integer` is no help: JSON knows integers of any length, and the largest do not fit a float.
    plain = isinstance(value, list) and len(value) == count
    numbers = value if plain and isinstance(value, list) else []
    good = plain and all(isinstance(n, int | float) and not isinstance(n, bool) and abs(n) < 1e6 for n in numbers)
    if not good or not all(math.isfinite(n) for n in numbers):
        raise WireError("bad_params", f"{shape}, in pixels")
    return [float(n) for n in numbers]


def _clip_box(box: Box, width: int, height: int) -> Box:
    x0, y0, x1, y1 = max(box[0], 0), max(box[1], 0), min(box[2], width), min(box[3], height)
    if x0 >= x1 or y0 >= y1:
        raise WireError("bad_params", f"the box holds nothing of the {width}×{height} picture")
    return x0, y0, x1, y1
