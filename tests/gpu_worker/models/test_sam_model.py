"""SAM 2.1 on one image: the same numbers as the library's own processor, and a true outline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import Sam2Model, Sam2Processor

from gpu_worker.services import sam_model
from gpu_worker.services.prompts import Prompt
from gpu_worker.services.sam_model import SamModel, alpha_from_logits, preprocess, prompt_tensors, upsample

CLICK = Prompt(((30, 20),), (1,))


@pytest.fixture(scope="module")
def model(checkpoint: Path) -> SamModel:
    return sam_model.load(checkpoint, "cpu")


def pattern(width: int, height: int) -> Image.Image:
    """Return the image whose processed pixels are stored in `sam2_processor.npz`."""
    y, x = np.mgrid[0:height, 0:width]
    channels = [(x * 5 + y * 3) % 256, (x * y) % 256, ((x ^ y) * 7) % 256]
    return Image.fromarray(np.stack(channels, -1).astype(np.uint8))


def library_processor(side: int) -> Any:
    """Build transformers' own processor without its image part: that needs torchvision, coordinates do not."""
    processor = Sam2Processor.__new__(Sam2Processor)
    processor.target_size, processor.point_pad_value = side, -10
    return processor


@pytest.mark.parametrize("size", [(53, 37), (20, 90), (32, 32), (200, 120), (7, 5)])
def test_pixels_are_those_of_the_librarys_processor(processor: dict[str, Any], size: tuple[int, int]) -> None:
    found = preprocess(pattern(*size), 32)
    assert found.shape == (1, 3, 32, 32)
    assert np.abs(found[0].numpy() - processor[f"pixels_{size[0]}x{size[1]}"]).max() <= 1e-4


@pytest.mark.parametrize("size", [(53, 37), (9, 70), (16, 16)])
def test_masks_are_upsampled_as_by_the_librarys_processor(processor: dict[str, Any], size: tuple[int, int]) -> None:
    expected = processor[f"mask_{size[0]}x{size[1]}"]
    found = [upsample(torch.from_numpy(mask), size).numpy() for mask in processor["logits"][0]]
    assert np.abs(np.stack(found) - expected).max() <= 1e-4


def test_clicks_and_box_are_placed_as_by_the_librarys_processor() -> None:
    prompt, size = Prompt(((3.5, 70), (200, 11)), (1, 0), (4, 5, 180.5, 88)), (211, 97)
    expected = library_processor(1024)(
        input_points=[[[list(point) for point in prompt.points]]],
        input_labels=[[list(prompt.labels)]],
        input_boxes=[[list(prompt.box or ())]],
        original_sizes=[[size[1], size[0]]],
    )
    found = prompt_tensors(prompt, size, 1024, "cpu")
    assert set(found) == {"input_points", "input_labels", "input_boxes"}
    for name, tensor in found.items():
        assert tensor.shape == expected[name].shape
        assert (tensor - expected[name]).abs().max() <= 1e-4


@pytest.mark.parametrize(
    "prompt",
    [
        CLICK,
        Prompt(((30, 20), (70, 50)), (1, 0)),
        Prompt((), (), (10, 5, 60, 50)),
        Prompt(((9, 9),), (0,), (4, 4, 50, 40)),
    ],
)
def test_a_mask_is_the_one_of_the_librarys_whole_model(model: SamModel, make_image: Any, prompt: Prompt) -> None:
    image = make_image(90, 60)
    arguments = prompt_tensors(prompt, image.size, model.side, "cpu")
    with torch.inference_mode():
        whole = model._model(pixel_values=preprocess(image, model.side), multimask_output=False, **arguments)
    (found,) = model.logits(model.embed(model.preprocess([image])), [prompt], [image.size], multi=False)
    assert (found - whole.pred_masks[0, 0, 0]).abs().max() <= 1e-4


def test_of_three_masks_the_one_with_the_best_predicted_iou_is_taken(model: SamModel, make_image: Any) -> None:
    best = set()
    for seed in range(3):
        image = make_image(90, 60, seed)
        arguments = prompt_tensors(CLICK, image.size, model.side, "cpu")
        with torch.inference_mode():
            whole = model._model(pixel_values=preprocess(image, model.side), multimask_output=True, **arguments)
        best.add(index := int(whole.iou_scores[0, 0].argmax()))
        (found,) = model.logits(model.embed(model.preprocess([image])), [CLICK], [image.size], multi=True)
        assert (found - whole.pred_masks[0, 0, index]).abs().max() <= 1e-4
    assert best != {0}


def test_a_batch_gives_what_each_image_gives_alone(model: SamModel, make_image: Any, encoder_runs: list[int]) -> None:
    images = [make_image(90, 60, 1), make_image(40, 80, 2), make_image(128, 128, 3)]
    sizes = [image.size for image in images]
    together = model.logits(model.embed(model.preprocess(images)), [CLICK] * 3, sizes, multi=True)
    assert encoder_runs == [3]
    for image, mask in zip(images, together, strict=True):
        (alone,) = model.logits(model.embed(model.preprocess([image])), [CLICK], [image.size], multi=True)
        assert (mask - alone).abs().max() <= 1e-3


def test_a_cached_embedding_does_not_hold_the_batch_in_memory(model: SamModel, make_image: Any) -> None:
    for level in model.embed(model.preprocess([make_image(64, 64, 1), make_image(64, 64, 2)]))[0]:
        assert level.untyped_storage().nbytes() == level.nelement() * level.element_size()


def test_in_half_precision_only_the_encoder_is_halved(checkpoint: Path, model: SamModel, make_image: Any) -> None:
    half = SamModel(Sam2Model.from_pretrained(str(checkpoint)), "cpu", torch.bfloat16)
    assert {weight.dtype for weight in half._model.vision_encoder.parameters()} == {torch.bfloat16}
    assert {weight.dtype for weight in half._model.prompt_encoder.parameters()} == {torch.float32}
    (embedding,) = half.embed(half.preprocess([make_image(90, 60)]))
    (exact,) = model.embed(model.preprocess([make_image(90, 60)]))
    for level, right in zip(embedding, exact, strict=True):
        assert level.dtype == torch.float32
        assert (level - right).abs().mean() <= 0.05 * right.abs().mean()
    (found,) = half.logits([embedding], [CLICK], [(90, 60)], multi=False)
    assert found.dtype == torch.float32


def disc(side: int, radius: float) -> torch.Tensor:
    """Return the signed distance to a circle in the middle, above 0 inside."""
    y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    middle = (side - 1) / 2
    return radius - torch.hypot(x - middle, y - middle)


@pytest.mark.parametrize("steepness", [0.05, 1.0, 40.0])
def test_an_outline_is_smooth_by_one_pixel_however_sure_the_network_is(steepness: float) -> None:
    alpha = alpha_from_logits(disc(64, 20.3) * steepness, (64, 64))
    soft = (alpha > 0) & (alpha < 255)
    assert alpha.dtype == np.uint8
    assert np.abs(disc(64, 20.3).numpy()[soft]).max() <= 0.75
    assert alpha.sum() / 255 == pytest.approx(np.pi * 20.3**2, rel=0.002)


def test_alpha_is_above_half_exactly_where_the_logit_is_above_zero(processor: dict[str, Any]) -> None:
    mask = torch.from_numpy(processor["logits"][0, 1])
    large = upsample(mask, (53, 37)).numpy()
    alpha = alpha_from_logits(mask, (53, 37))
    clear = np.abs(large) > 1e-3
    assert alpha.shape == (37, 53)
    assert np.array_equal((alpha > 127)[clear], (large > 0)[clear])


@pytest.mark.parametrize(("level", "expected"), [(-1024.0, 0), (7.0, 255)])
def test_a_mask_without_an_outline_is_empty_or_full(level: float, expected: int) -> None:
    assert set(np.unique(alpha_from_logits(torch.full((8, 8), level), (1, 5)))) == {expected}


def test_the_device_is_a_gpu_only_where_there_is_one() -> None:
    assert sam_model.choose_device() == ("cuda:0" if torch.cuda.is_available() else "cpu")
