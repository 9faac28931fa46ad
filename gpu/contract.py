"""The worker wire: what goes into a RunPod job as `input` and what comes back as `output`.

Both sides import this module and nothing else of each other. It is plain data and checks, standard library only,
so that the worker image needs no part of the app and the app no part of a model.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NotRequired, TypedDict, cast

MatteTask = Literal["rembg", "sam", "birefnet"]
Task = Literal["rembg", "sam", "birefnet", "sam_clip", "info"]
ErrorCode = Literal["bad_task", "bad_image", "too_large", "bad_params", "model_unavailable", "internal"]

MATTE_TASKS: Final[tuple[MatteTask, ...]] = ("rembg", "sam", "birefnet")
CLIP_TASK: Final = "sam_clip"
TASKS: Final[tuple[Task, ...]] = (*MATTE_TASKS, CLIP_TASK, "info")

MAX_IMAGES: Final = 60
"""Frames in one call: a project has no more."""
MAX_PIXELS: Final = 2048 * 2048
"""Pixels of one image: the app's masters are at most 2048 on a side."""
MAX_PACK_PIXELS: Final = 16 * MAX_PIXELS
"""Pixels of all images of one call: 60 of 1024×1024, or 16 of the largest."""
RUN_BODY_LIMIT: Final = 10_000_000
"""Bytes of a `/run` request or result (RunPod refuses more)."""
RUNSYNC_BODY_LIMIT: Final = 20_000_000
"""Bytes of a `/runsync` request (RunPod refuses more)."""


class FrameError(TypedDict):
    """Why one frame of a pack has no alpha."""

    code: ErrorCode
    message: str


class FrameResult(TypedDict):
    """One frame of a pack: `alpha` (base64 8-bit grey PNG, as large as the image) or `error`."""

    alpha: NotRequired[str]
    error: NotRequired[FrameError]


class WireError(ValueError):
    """A request or an output that does not follow the wire. Travels as a JSON string `{"code", "message"}`."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: ErrorCode = code
        self.message = message

    def as_dict(self) -> FrameError:
        return {"code": self.code, "message": self.message}


@dataclass(frozen=True, slots=True)
class Request:
    """One call: a task, its encoded images (PNG, JPEG or WebP bytes) and the task's parameters.

    `pack` says which of the two output shapes the caller expects; a pack of one is still a pack.
    """

    task: Task
    images: tuple[bytes, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
    pack: bool = True

    def to_input(self) -> dict[str, Any]:
        """Build the JSON object for RunPod's `input`."""
        body: dict[str, Any] = {"task": self.task, "params": self.params}
        encoded = [base64.b64encode(image).decode("ascii") for image in self.images]
        if self.task == "info":
            return body
        if self.pack:
            return body | {"images": encoded}
        return body | {"image": encoded[0]}


def read_request(raw: object) -> Request:
    """Check a job's `input` and decode its base64. Raises `WireError`; image bytes themselves are not opened."""
    if not isinstance(raw, dict):
        raise WireError("bad_params", "input must be an object")
    task = raw.get("task")
    if task not in TASKS:
        raise WireError("bad_task", f"task must be one of: {', '.join(TASKS)}")
    params = raw.get("params", {})
    if not isinstance(params, dict):
        raise WireError("bad_params", "params must be an object")
    if task == "info":
        return Request(task="info", params=params)
    if ("image" in raw) == ("images" in raw):
        raise WireError("bad_params", "send either image or images")
    pack = "images" in raw
    images = _decode_all(raw["images"]) if pack else (_decode(raw["image"]),)
    if task == CLIP_TASK:
        prompt_frames(params, len(images))
    return Request(cast(Task, task), images, params, pack=pack)


def prompt_frames(params: dict[str, Any], frames: int) -> list[int]:
    """Check a clip's `prompts` and return the frame that each is about (0 where it is left out).

    Raises `WireError` (`bad_params`). What a prompt says of its frame is for the service, which knows the picture.
    """
    prompts = params.get("prompts")
    if not isinstance(prompts, list) or not prompts:
        raise WireError("bad_params", "prompts must be a list that is not empty")
    return [_prompt_frame(prompt, frames) for prompt in prompts]


def read_output(request: Request, raw: object) -> list[bytes | FrameError]:
    """Read the alphas (PNG bytes) of an answer, or each frame's error, in the order of `request.images`.

    Raises `WireError("internal", …)` when the answer is not what the wire promises; whether the PNGs are of the
    right size is for the caller, who knows the pictures.
    """
    if not isinstance(raw, dict):
        raise WireError("internal", "output is not an object")
    results = raw.get("results") if request.pack else [raw]
    if not isinstance(results, list) or len(results) != len(request.images):
        raise WireError("internal", "output does not hold one result per image")
    return [_read_result(result) for result in results]


def _prompt_frame(prompt: object, frames: int) -> int:
    if not isinstance(prompt, dict):
        raise WireError("bad_params", "a prompt must be an object with frame, and points or box")
    frame = prompt.get("frame", 0)
    if not isinstance(frame, int) or isinstance(frame, bool) or not 0 <= frame < frames:
        raise WireError("bad_params", f"a prompt's frame must be a whole number from 0 to {frames - 1}")
    return frame


def _read_result(result: object) -> bytes | FrameError:
    if isinstance(result, dict) and isinstance(result.get("alpha"), str):
        try:
            return base64.b64decode(result["alpha"], validate=True)
        except (binascii.Error, ValueError):
            raise WireError("internal", "an alpha is not valid base64") from None
    error = result.get("error") if isinstance(result, dict) else None
    if isinstance(error, dict):
        return {"code": error.get("code", "internal"), "message": str(error.get("message", ""))}
    raise WireError("internal", "a result has neither alpha nor error")


def _decode_all(value: object) -> tuple[bytes, ...]:
    if not isinstance(value, list) or not value:
        raise WireError("bad_params", "images must be a list that is not empty")
    if len(value) > MAX_IMAGES:
        raise WireError("too_large", f"at most {MAX_IMAGES} images in one call")
    return tuple(_decode(item) for item in value)


def _decode(value: object) -> bytes:
    if not isinstance(value, str) or not value:
        raise WireError("bad_image", "an image must be a base64 string")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise WireError("bad_image", "an image is not valid base64") from None
