"""SAM 2.1 for a clip: clicks on any frames, alphas for all frames."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from PIL import Image

from gpu.contract import MAX_IMAGES, WireError
from gpu_worker.services import sam_weights
from gpu_worker.services.base import Alpha, MatteService
from gpu_worker.services.prompts import ClipPrompt, read_clip_prompts, read_model
from gpu_worker.services.unavailable import UnavailableService

PARAMETERS: Final = ("prompts", "model")


class SamClipService:
    """SAM 2.1 checkpoints by name. `open_tracker(name)` returns a `SamTracker`, once per name, when needed."""

    def __init__(self, models: Sequence[str], device: str, open_tracker: Callable[[str], Any]) -> None:
        self.models = tuple(models)
        self.device = device
        self._open = open_tracker
        self._loaded: dict[str, Any] = {}
        self._loading = threading.Lock()

    def unavailable_reason(self) -> str | None:
        return None

    def check(self, params: dict[str, Any]) -> str:
        """Return the model's name. Each of `prompts` must say where an object is; `infer` checks their frames."""
        model = read_model(params, PARAMETERS, self.models, "sam_clip")
        read_clip_prompts(params)
        return model

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        """Return the union of all prompted objects. `images` is the whole clip in order, all of one size."""
        name = self.check(params)
        prompts = fit_prompts_to_clip(read_clip_prompts(params), [image.size for image in images])
        return list(self.tracker(name).track(images, prompts))

    def batch_size(self, params: dict[str, Any]) -> int:
        self.check(params)
        return MAX_IMAGES

    def describe(self) -> dict[str, Any]:
        """Describe the service without loading its model: many workers never see a clip."""
        return {
            "device": self.device,
            "batch": MAX_IMAGES,
            "batch_axis_free": True,
            "loaded": sorted(self._loaded),
        }

    def tracker(self, name: str) -> Any:
        """Return the checkpoint, in memory from the first call on."""
        with self._loading:
            if name not in self._loaded:
                self._loaded[name] = self._open(name)
            return self._loaded[name]


def fit_prompts_to_clip(prompts: Sequence[ClipPrompt], sizes: Sequence[tuple[int, int]]) -> list[ClipPrompt]:
    """Clip the prompts to frames of these sizes. Raises `WireError` when clip and prompts do not match."""
    if len(set(sizes)) != 1:
        raise WireError("bad_params", "the frames of a clip must all have one size")
    if late := [prompt.frame for prompt in prompts if prompt.frame >= len(sizes)]:
        raise WireError("bad_params", f"there is no frame {late[0]} in a clip of {len(sizes)}")
    return [ClipPrompt(each.frame, each.object, each.prompt.clipped_to(*sizes[0])) for each in prompts]


def load() -> MatteService:
    """Return the service, or an `UnavailableService` that says what to do. The first clip loads the model."""
    checkpoints = sam_weights.find_checkpoints()
    if reason := sam_weights.missing_reason(checkpoints):
        return UnavailableService(reason, tuple(checkpoints))
    return _create(checkpoints)


def _create(checkpoints: dict[str, Path]) -> SamClipService:
    from gpu_worker.services.sam_model import choose_device  # noqa: PLC0415 torch is there, as was just seen

    device = choose_device()

    def open_tracker(name: str) -> Any:
        from gpu_worker.services import sam_tracker  # noqa: PLC0415 a second more, only where there is a clip

        return sam_tracker.load(checkpoints[name], device)

    return SamClipService(list(checkpoints) if device == "cpu" else list(reversed(checkpoints)), device, open_tracker)
