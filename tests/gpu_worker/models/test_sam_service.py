"""The SAM 2.1 service as the handler calls it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gpu.contract import WireError
from gpu_worker.services import sam_model, sam_service, sam_weights
from gpu_worker.services.base import DEVICE_LOCK
from gpu_worker.services.prompts import Prompt
from gpu_worker.services.sam_service import EmbeddingCache, SamService, image_key
from gpu_worker.services.unavailable import UnavailableService

CLICK = {"points": [[30, 20, 1]]}


@pytest.fixture
def service(checkpoint: Path) -> SamService:
    return SamService(["sam2.1-hiera-tiny"], lambda name: sam_model.load(checkpoint, "cpu"))


def test_a_click_gives_an_alpha_of_the_images_size(service: SamService, make_image: Any) -> None:
    (alpha,) = service.infer([make_image(90, 60)], CLICK)
    assert alpha.shape == (60, 90)
    assert alpha.dtype == np.uint8
    assert 0 < (alpha > 127).mean() < 1


def test_the_second_click_on_an_image_does_not_encode_it_again(
    service: SamService, make_image: Any, encoder_runs: list[int]
) -> None:
    (first,) = service.infer([make_image(90, 60)], CLICK)
    assert encoder_runs == [1]
    (second,) = service.infer([make_image(90, 60)], {"points": [[30, 20, 1], [70, 50, 0]]})
    assert encoder_runs == [1]
    assert not np.array_equal(first, second)
    service.infer([make_image(90, 60, 1)], CLICK)
    assert encoder_runs == [1, 1]


def test_equal_images_of_a_pack_are_encoded_once_and_new_ones_together(
    service: SamService, make_image: Any, encoder_runs: list[int]
) -> None:
    images = [make_image(90, 60, seed) for seed in (0, 1, 0, 2)]
    alphas = service.infer(images, CLICK)
    assert encoder_runs == [3]
    assert np.array_equal(alphas[0], alphas[2])
    assert not np.array_equal(alphas[0], alphas[1])
    assert np.array_equal(service.infer([make_image(90, 60, 2)], CLICK)[0], alphas[3])


def test_several_clicks_are_one_object(service: SamService, make_image: Any) -> None:
    """The same as the library's mask for one object with both points, which no union of two masks is."""
    model, image = service.model(service.models[0]), make_image(90, 60)
    arguments = {
        "input_points": torch.tensor([[[[30 * 128 / 90, 20 * 128 / 60], [60 * 128 / 90, 40 * 128 / 60]]]]),
        "input_labels": torch.tensor([[[1, 1]]]),
    }
    with torch.inference_mode():
        whole = model._model(pixel_values=model.preprocess([image]), multimask_output=False, **arguments)
    (alpha,) = service.infer([image], {"points": [[30, 20, 1], [60, 40, 1]]})
    expected = sam_model.alpha_from_logits(whole.pred_masks[0, 0, 0], image.size)
    assert np.abs(alpha.astype(int) - expected).max() <= 1


def test_a_single_click_asks_for_several_masks_unless_told_otherwise(service: SamService, make_image: Any) -> None:
    model = service.model(service.models[0])
    different = 0
    for seed in range(2):
        image = make_image(90, 60, seed)
        embeddings = model.embed(model.preprocess([image]))
        several = sam_model.alpha_from_logits(
            model.logits(embeddings, [Prompt(((30, 20),), (1,))], [image.size], True)[0], image.size
        )
        (default,) = service.infer([image], CLICK)
        (asked,) = service.infer([image], CLICK | {"multimask": True})
        (single,) = service.infer([image], CLICK | {"multimask": False})
        assert np.abs(default.astype(int) - several).max() <= 1
        assert np.array_equal(default, asked)
        different += not np.array_equal(default, single)
    assert different


def test_images_of_different_sizes_go_in_one_pack(service: SamService, make_image: Any) -> None:
    alphas = service.infer([make_image(90, 60), make_image(40, 50)], CLICK)
    assert [alpha.shape for alpha in alphas] == [(60, 90), (50, 40)]
    assert service.infer([], CLICK) == []


def test_the_device_is_held_while_the_model_runs(service: SamService, make_image: Any) -> None:
    held: list[bool] = []
    model = service.model(service.models[0])._model
    for part in (model.vision_encoder, model.mask_decoder):
        part.register_forward_hook(lambda *_: held.append(DEVICE_LOCK.locked()))
    service.infer([make_image(90, 60)], CLICK)
    assert held == [True, True]
    assert not DEVICE_LOCK.locked()


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "bad_params"),
        (CLICK | {"multimask": "yes"}, "bad_params"),
        (CLICK | {"size": 3}, "bad_params"),
        (CLICK | {"model": "sam2.1-hiera-large"}, "model_unavailable"),
        ({"points": [[300, 20, 1]]}, "bad_params"),
    ],
)
def test_other_parameters_are_refused(
    service: SamService, make_image: Any, params: dict[str, Any], code: str
) -> None:
    with pytest.raises(WireError) as caught:
        service.infer([make_image(90, 60)], params)
    assert caught.value.code == code


def test_the_service_describes_itself(service: SamService) -> None:
    assert service.unavailable_reason() is None
    assert service.check(CLICK) == "sam2.1-hiera-tiny"
    assert service.batch_size(CLICK) == 1
    shown = service.describe()
    assert shown == {
        "device": "cpu",
        "batch": 1,
        "batch_axis_free": True,
        "dtype": "float32",
        "side": 128,
        "loaded": ["sam2.1-hiera-tiny"],
    }


def test_the_cache_keeps_the_last_used_embeddings_within_its_bytes() -> None:
    kept = EmbeddingCache(limit=1000)
    embedding = [torch.zeros(50), torch.zeros(50)]
    for key in "ab":
        kept.put(key, embedding)
    assert kept.get("a") is embedding
    kept.put("c", embedding)
    assert (kept.get("a") is None, kept.get("b") is None, kept.get("c") is None) == (False, True, False)
    kept.put("c", embedding)
    assert kept.bytes == 800
    kept.put("large", [torch.zeros(300)])
    assert kept.get("large") is None
    assert kept.bytes == 0


def test_the_key_of_an_image_depends_on_pixels_and_size(make_image: Any) -> None:
    image = make_image(8, 4)
    assert image_key(image) == image_key(image.copy())
    assert image_key(image) != image_key(image.transpose(0))
    plain = [make_image(1, 1).resize(size) for size in ((8, 4), (4, 8))]
    assert image_key(plain[0]) != image_key(plain[1])


def test_a_checkpoint_of_the_weights_directory_is_loaded_at_start(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch, make_image: Any
) -> None:
    monkeypatch.delenv("SAM_WEIGHTS", raising=False)
    monkeypatch.setenv("U2NET_HOME", str(checkpoint.parent))
    service = sam_service.load()
    assert service.models == ("sam2.1-hiera-tiny",)
    assert service.describe()["loaded"] == ["sam2.1-hiera-tiny"]
    assert service.infer([make_image(90, 60)], CLICK)[0].shape == (60, 90)


def test_without_weights_the_service_is_unavailable_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAM_WEIGHTS", raising=False)
    monkeypatch.setenv("U2NET_HOME", str(tmp_path))
    service = sam_service.load()
    assert isinstance(service, UnavailableService)
    reason = service.unavailable_reason()
    assert f"{tmp_path}/sam2.1-hiera-small" in reason
    assert "\n" not in reason


def test_checkpoints_are_found_smallest_first_and_whole_ones_only(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAM_WEIGHTS", raising=False)
    monkeypatch.setenv("U2NET_HOME", str(tmp_path))
    for name in ("large", "base-plus", "tiny"):
        shutil.copytree(checkpoint, tmp_path / f"sam2.1-hiera-{name}")
    (tmp_path / "sam2.1-hiera-base-plus/model.safetensors").unlink()
    assert list(sam_weights.find_checkpoints()) == ["sam2.1-hiera-tiny", "sam2.1-hiera-large"]
    assert sam_weights.missing_reason(sam_weights.find_checkpoints()) is None
    monkeypatch.setenv("SAM_WEIGHTS", str(tmp_path / "sam2.1-hiera-large"))
    assert list(sam_weights.find_checkpoints()) == ["sam2.1-hiera-large"]
