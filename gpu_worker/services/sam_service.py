"""SAM 2.1: the object under a click or in a box, in one image or the same place of several."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from PIL import Image

from gpu.contract import WireError
from gpu_worker.services import sam_weights
from gpu_worker.services.base import DEVICE_LOCK, Alpha, MatteService
from gpu_worker.services.batch_size import free_gpu_bytes, largest_batch_within
from gpu_worker.services.prompts import Prompt, read_model, read_prompt
from gpu_worker.services.unavailable import UnavailableService

PARAMETERS: Final = ("points", "box", "multimask", "model")
CACHE_BYTES: Final = 256 * 1024 * 1024
"""Limit of the embeddings kept: 15 images, 17 MB each."""
CUDA_BYTES_PER_IMAGE: Final = 1_500_000_000
"""Memory of the large encoder for one image beside its weights, with room to spare."""


class SamService:
    """SAM 2.1 checkpoints by name. `open_model(name)` returns a `SamModel`, once per name."""

    def __init__(
        self, models: Sequence[str], open_model: Callable[[str], Any], cache_bytes: int = CACHE_BYTES
    ) -> None:
        self.models = tuple(models)
        self._open = open_model
        self._loaded: dict[str, Any] = {}
        self._loading = threading.Lock()
        self._embeddings = EmbeddingCache(cache_bytes)

    def unavailable_reason(self) -> str | None:
        return None

    def check(self, params: dict[str, Any]) -> str:
        """Return the model's name. `points`, `box` and `multimask` must be sound and say where the subject is."""
        model = read_model(params, PARAMETERS, self.models, "sam")
        read_prompt(params)
        if params.get("multimask") not in (None, True, False):
            raise WireError("bad_params", "multimask must be true or false")
        return model

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> list[Alpha]:
        """Return the alpha of one object, given by all points and the box, at the same place in each of `images`.

        With `multimask` (by default for a single click, which may mean a part or the whole) the best of three masks
        by predicted IoU is taken. An image seen lately is not encoded again: the next click on it is nearly free.
        """
        from gpu_worker.services.sam_model import alpha_from_logits  # noqa: PLC0415 torch may not be installed

        name = self.check(params)
        model = self.model(name)
        sizes = [image.size for image in images]
        prompts = [read_prompt(params).clipped_to(*size) for size in sizes]
        with DEVICE_LOCK:
            embeddings = self._embed(name, model, images)
            masks = model.logits(embeddings, prompts, sizes, _is_multimask(params, prompts[0])) if images else []
            return [alpha_from_logits(logits, size) for logits, size in zip(masks, sizes, strict=True)]

    def batch_size(self, params: dict[str, Any]) -> int:
        """Return 1 on a CPU, which gains nothing by more and pays in memory; on a GPU what its memory holds."""
        model = self.model(self.check(params))
        return 1 if model.device == "cpu" else _cuda_batch()

    def describe(self) -> dict[str, Any]:
        model = self.model(self.models[0])
        return {
            "device": model.device,
            "batch": 1 if model.device == "cpu" else _cuda_batch(),
            "batch_axis_free": True,
            "dtype": str(model.dtype).removeprefix("torch."),
            "side": model.side,
            "loaded": sorted(self._loaded),
        }

    def model(self, name: str) -> Any:
        """Return the checkpoint, in memory from the first call on."""
        with self._loading:
            if name not in self._loaded:
                self._loaded[name] = self._open(name)
            return self._loaded[name]

    def _embed(self, name: str, model: Any, images: Sequence[Image.Image]) -> list[Any]:
        """Embed the images; those not cached are encoded together, and equal ones once."""
        keys = [(name, *image_key(image)) for image in images]
        known = {key: kept for key in set(keys) if (kept := self._embeddings.get(key)) is not None}
        new = {key: image for key, image in zip(keys, images, strict=True) if key not in known}
        if new:
            fresh = model.embed(model.preprocess(list(new.values())))
            for key, embedding in zip(new, fresh, strict=True):
                known[key] = embedding
                self._embeddings.put(key, embedding)
        return [known[key] for key in keys]


class EmbeddingCache:
    """The embeddings of the images used last, at most `limit` bytes. The caller holds `base.DEVICE_LOCK`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: OrderedDict[object, Any] = OrderedDict()
        self.bytes = 0

    def get(self, key: object) -> Any:
        """Return an embedding (a list of tensors) and mark it as used last; None when it is not cached."""
        if key in self._entries:
            self._entries.move_to_end(key)
        return self._entries.get(key)

    def put(self, key: object, embedding: Any) -> None:
        """Add an embedding, and drop those used longest ago while there is too much."""
        if key in self._entries:
            self.bytes -= _bytes(self._entries.pop(key))
        self._entries[key] = embedding
        self.bytes += _bytes(embedding)
        while self.bytes > self._limit:
            self.bytes -= _bytes(self._entries.popitem(last=False)[1])


def image_key(image: Image.Image) -> tuple[tuple[int, int], str]:
    """Return a key that is equal for two images exactly when size and pixels are."""
    return image.size, hashlib.sha256(image.tobytes()).hexdigest()


def load() -> MatteService:
    """Load the service and its first model, or return an `UnavailableService`. Imports torch only if it can run."""
    checkpoints = sam_weights.find_checkpoints()
    if reason := sam_weights.missing_reason(checkpoints):
        return UnavailableService(reason, tuple(checkpoints))
    return _create(checkpoints)


def _create(checkpoints: dict[str, Path]) -> SamService:
    from gpu_worker.services import sam_model  # noqa: PLC0415 torch is there, as was just seen; it costs 6 s

    device = sam_model.choose_device()
    names = list(checkpoints) if device == "cpu" else list(reversed(checkpoints))  # a GPU can afford the best
    service = SamService(names, lambda name: sam_model.load(checkpoints[name], device))
    service.model(names[0])
    return service


def _is_multimask(params: dict[str, Any], prompt: Prompt) -> bool:
    asked = params.get("multimask")
    return bool(asked) if asked is not None else len(prompt.points) == 1 and prompt.box is None


def _bytes(embedding: Any) -> int:
    return sum(int(level.nelement() * level.element_size()) for level in embedding)


def _cuda_batch() -> int:
    import torch  # noqa: PLC0415 only where a model has been loaded

    # What torch keeps of earlier batches is free for the next one.
    kept = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
    return largest_batch_within(free_gpu_bytes() + kept, CUDA_BYTES_PER_IMAGE)
