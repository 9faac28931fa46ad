"""SAM 2.1 through a clip: transformers' `Sam2VideoModel` and its session, fed with images in memory.

Imported only where torch is installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from transformers import (
    Sam2VideoInferenceSession,
    Sam2VideoModel,
)

from gpu_worker.services.base import DEVICE_LOCK, Alpha
from gpu_worker.services.prompts import ClipPrompt, Prompt
from gpu_worker.services.sam_model import Tensor, alpha_from_logits, half_type, preprocess, prompt_tensors

BOX_CORNERS = (2, 3)
"""Labels of a box's first and last corner among the points: the video model takes boxes so."""


class SamTracker:
    """One video checkpoint on one device."""

    def __init__(self, model: Any, device: str, dtype: Any = torch.float32) -> None:
        self.device = device
        self.dtype = dtype
        self._model = model.eval().to(device, dtype)
        self.side: int = self._model.prompt_encoder.input_image_size

    def track(self, images: Sequence[Image.Image], prompts: Sequence[ClipPrompt]) -> list[Alpha]:
        """Return one alpha per image: the union of all prompted objects, wherever they are in it.

        The images are RGB and of one size, `prompts` sorted by frame. First every prompted frame is segmented, so
        that each later step remembers all of them; then the objects are followed from the first prompted frame to
        the end, and from there back to the beginning.
        """
        size = images[0].size
        session = self._session(images)
        for frame, group in groupby(prompts, key=lambda prompt: prompt.frame):
            self._add_prompts(session, frame, list(group), size)
            with DEVICE_LOCK, torch.inference_mode():
                self._model(session, frame_idx=frame)
        first = prompts[0].frame
        found: dict[int, Alpha] = {}
        for reverse in (False, True):
            steps = self._model.propagate_in_video_iterator(session, start_frame_idx=first, reverse=reverse)
            for frame, masks in _locked_steps(steps):
                if frame not in found:
                    with DEVICE_LOCK:
                        found[frame] = alpha_from_logits(masks.float().amax(dim=(0, 1)), size)
        return [found[frame] for frame in range(len(images))]

    def _session(self, images: Sequence[Image.Image]) -> Any:
        width, height = images[0].size
        session = Sam2VideoInferenceSession(
            video_height=height,
            video_width=width,
            inference_device=self.device,
            inference_state_device=self.device,
            video_storage_device=self.device,
            dtype=self.dtype,
        )
        session.processed_frames = LazyFrames(images, self.side, self.device, self.dtype)
        return session

    def _add_prompts(self, session: Any, frame: int, prompts: Sequence[ClipPrompt], size: tuple[int, int]) -> None:
        for prompt in prompts:
            index = session.obj_id_to_idx(prompt.object)
            points, labels = session_points(prompt.prompt, size, self.side, self.device)
            session.add_point_inputs(index, frame, {"point_coords": points, "point_labels": labels})
        session.obj_with_new_inputs = [prompt.object for prompt in prompts]


class LazyFrames(Mapping[int, Any]):
    """A clip as the session reads it, each frame prepared when it is asked for: 12 MB at a time, not 750."""

    def __init__(self, images: Sequence[Image.Image], side: int, device: str, dtype: Any) -> None:
        self._images = images
        self._side, self._device, self._dtype = side, device, dtype

    def __getitem__(self, frame: int) -> Tensor:
        return preprocess(self._images[frame], self._side, self._device)[0].to(self._dtype)

    def __len__(self) -> int:
        return len(self._images)

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self._images)))


def load(folder: Path, device: str) -> SamTracker:
    """Load the checkpoint in `folder` (hub layout), wholly in half precision on a GPU."""
    model = Sam2VideoModel.from_pretrained(str(folder), local_files_only=True)
    return SamTracker(model, device, half_type() if device != "cpu" else torch.float32)


def session_points(prompt: Prompt, size: tuple[int, int], side: int, device: str) -> tuple[Tensor, Tensor]:
    """Return a prompt as a session's points 1×1×P×2 and labels 1×1×P, a box's corners first."""
    plain = prompt_tensors(prompt, size, side, device)
    points = plain.get("input_points", torch.zeros(1, 1, 0, 2, device=device))
    labels = plain.get("input_labels", torch.zeros(1, 1, 0, dtype=torch.int64, device=device))
    if "input_boxes" in plain:
        corners = torch.tensor([[BOX_CORNERS]], dtype=labels.dtype, device=device)
        points = torch.cat([plain["input_boxes"].reshape(1, 1, 2, 2), points], dim=2)
        labels = torch.cat([corners, labels], dim=2)
    return points, labels


def _locked_steps(steps: Iterator[Any]) -> Iterator[tuple[int, Tensor]]:
    """Yield frame and masks of each step. The device is held for one step at a time, so that an image may pass."""
    while True:
        with DEVICE_LOCK:
            step = next(steps, None)
        if step is None:
            return
        yield step.frame_idx, step.pred_masks
