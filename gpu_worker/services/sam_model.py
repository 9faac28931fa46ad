"""SAM 2.1 on single images: transformers' `Sam2Model`, with the processor's numbers and without torchvision.

N. Ravi et al., "SAM 2: Segment Anything in Images and Videos", 2024. Transformers' own image processor needs
torchvision, which beside a CPU build of torch breaks the import of the model; what it computes is a resize and a
scale, done here in torch alone and equal to it (`tests/gpu_worker/models` holds its outputs).

Imported only where torch is installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from PIL import Image
from torch.nn import functional
from transformers import Sam2Model
from transformers.utils import logging

from gpu_worker.services.base import Alpha
from gpu_worker.services.prompts import Prompt

# Its progress bars and its notice that a video checkpoint serves an image model do not belong in a worker's log.
logging.disable_progress_bar()
logging.set_verbosity_error()

MEAN: Final = (0.485, 0.456, 0.406)
DEVIATION: Final = (0.229, 0.224, 0.225)
Tensor = Any
Embedding = list[Tensor]
"""The encoder's output for one image: three feature maps, the finest first, each 1×C×H×W in float32."""


class SamModel:
    """One checkpoint on one device. Not for two threads at once: the caller holds `base.DEVICE_LOCK`."""

    def __init__(self, model: Any, device: str, dtype: Any = torch.float32) -> None:
        self.device = device
        self.dtype = dtype
        self._model = model.eval().to(device)
        if dtype != torch.float32:
            halve_encoder(self._model, dtype)
        self.side: int = self._model.prompt_encoder.input_image_size

    def preprocess(self, images: Sequence[Image.Image]) -> Tensor:
        """Return N×3×S×S as the encoder takes it, on the device."""
        return torch.cat([preprocess(image, self.side, self.device) for image in images])

    @torch.inference_mode()  # type: ignore[untyped-decorator] # torch has no types here
    def embed(self, pixels: Tensor) -> list[Embedding]:
        """Embed each of N images in one run of the encoder, which takes nearly all of the time."""
        maps = self._model.get_image_embeddings(pixels)
        # Cloned, or a cached image would keep the whole batch in memory.
        return [[level[n : n + 1].clone() for level in maps] for n in range(len(pixels))]

    @torch.inference_mode()  # type: ignore[untyped-decorator] # as above
    def logits(
        self,
        embeddings: Sequence[Embedding],
        prompts: Sequence[Prompt],
        sizes: Sequence[tuple[int, int]],
        multi: bool,
    ) -> list[Tensor]:
        """Return each image's mask as logits, h×w, about a quarter of the side. `sizes` are (width, height).

        All prompts have as many points, and all or none a box. With `multi` the network proposes three masks, and
        the one for which it predicts the highest IoU is taken.
        """
        arguments = [
            prompt_tensors(prompt, size, self.side, self.device) for prompt, size in zip(prompts, sizes, strict=True)
        ]
        joined = {name: torch.cat([each[name] for each in arguments]) for name in arguments[0]}
        maps = [torch.cat(level) for level in zip(*embeddings, strict=True)]
        found = self._model(image_embeddings=maps, multimask_output=multi, **joined)
        best = found.iou_scores[:, 0].argmax(dim=-1)
        return [masks[0, index].float() for masks, index in zip(found.pred_masks, best, strict=True)]


def load(folder: Path, device: str, half: bool = True) -> SamModel:
    """Load the checkpoint in `folder` (hub layout, for images or video). `half` halves its encoder, on a GPU."""
    model = Sam2Model.from_pretrained(str(folder), local_files_only=True)
    return SamModel(model, device, half_type() if half and device != "cpu" else torch.float32)


def choose_device() -> str:
    """Return `cuda:0` where torch sees a GPU, else `cpu`."""
    return "cuda:0" if torch.cuda.is_available() else "cpu"


def half_type() -> Any:
    """Return bfloat16 where the GPU has it (Ampere and later), else float16."""
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def halve_encoder(model: Any, dtype: Any) -> None:
    """Run the encoder in `dtype` and the rest, which is small, in float32.

    The coordinates of clicks go through the prompt encoder: in bfloat16, with its 8 bits, a click would be placed to
    4 pixels of 1024.
    """

    def lower(_module: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, Any]:
        return tuple(to(value, dtype) for value in arguments), {k: to(value, dtype) for k, value in named.items()}

    def lift(_module: Any, _arguments: Any, found: Any) -> Any:
        found.fpn_hidden_states = tuple(level.float() for level in found.fpn_hidden_states)
        found.fpn_position_encoding = tuple(level.float() for level in found.fpn_position_encoding)
        return found

    def to(value: Any, kind: Any) -> Any:
        return value.to(kind) if torch.is_tensor(value) and value.is_floating_point() else value

    model.vision_encoder.to(dtype)
    model.vision_encoder.register_forward_pre_hook(lower, with_kwargs=True)
    model.vision_encoder.register_forward_hook(lift)


def preprocess(image: Image.Image, side: int, device: str = "cpu") -> Tensor:
    """Return 1×3×side×side of an RGB image, equal to transformers' `Sam2ImageProcessor`, on `device`.

    Bilinear with antialiasing on 8-bit values (the image is not cropped and its sides are scaled apart), then
    ImageNet's mean and deviation in units of 255.
    """
    plain = torch.from_numpy(np.array(image)).to(device).permute(2, 0, 1)[None]
    if plain.shape[-2:] != (side, side):
        plain = _resize(plain.contiguous(), side)
    mean = torch.tensor(MEAN, device=device) * 255
    deviation = torch.tensor(DEVIATION, device=device) * 255
    return (plain.float() - mean[:, None, None]) / deviation[:, None, None]


def prompt_tensors(prompt: Prompt, size: tuple[int, int], side: int, device: str) -> dict[str, Tensor]:
    """Turn a prompt in pixels of an image of `size` (width, height) into `Sam2Model`'s arguments.

    One object, one image: `input_points` 1×1×P×2, `input_labels` 1×1×P, `input_boxes` 1×1×4, in pixels of the
    network's square.
    """
    across, down = side / size[0], side / size[1]
    arguments: dict[str, Tensor] = {}
    if prompt.points:
        places = [[x * across, y * down] for x, y in prompt.points]
        arguments["input_points"] = torch.tensor([[places]], dtype=torch.float32, device=device)
        arguments["input_labels"] = torch.tensor([[prompt.labels]], dtype=torch.int64, device=device)
    if prompt.box:
        x0, y0, x1, y1 = prompt.box
        corners = [x0 * across, y0 * down, x1 * across, y1 * down]
        arguments["input_boxes"] = torch.tensor([[corners]], dtype=torch.float32, device=device)
    return arguments


def upsample(logits: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize h×w logits to an image's (width, height), as transformers' `post_process_masks` does."""
    width, height = size
    return functional.interpolate(logits[None, None], (height, width), mode="bilinear", align_corners=False)[0, 0]


def alpha_from_logits(logits: Tensor, size: tuple[int, int]) -> Alpha:
    """Return the alpha of a mask of logits (h×w) for an image of `size` (width, height).

    SAM 2 knows which pixels are the object's, not how opaque they are: a sigmoid over its logits would give veils
    inside and halos outside. So the alpha is 0 or 255 but for one pixel along the outline, which is smoothed by how
    far the outline is from the pixel's middle: logit / |gradient| is that distance to first order (G. Taubin,
    "Distance Approximations for Rasterizing Implicit Curves", 1994). Above 127 is where the logit is above 0.
    """
    large = upsample(logits, size)
    padded = functional.pad(large[None, None], (1, 1, 1, 1), mode="replicate")[0, 0]
    across = (padded[1:-1, 2:] - padded[1:-1, :-2]) / 2
    down = (padded[2:, 1:-1] - padded[:-2, 1:-1]) / 2
    distance = large / torch.hypot(across, down).clamp_min(1e-6)
    alpha = (distance + 0.5).clamp_(0, 1).mul_(255).add_(0.5).to(torch.uint8)
    found: Alpha = alpha.cpu().numpy()
    return found


def _resize(plain: Tensor, side: int) -> Tensor:
    """Resize 8-bit to 8-bit. torch does so itself only on a CPU; elsewhere the values go through floats."""
    native = plain.device.type == "cpu"
    values = plain if native else plain.float()
    small = functional.interpolate(values, (side, side), mode="bilinear", align_corners=False, antialias=True)
    return small if native else small.round_()
