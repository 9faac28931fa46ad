"""Do by hand, step by step, what the images' builds do: no Docker engine runs these tests."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gpu.contract import TASKS, read_request
from gpu_worker.images import open_image
from gpu_worker.weights.sources import MODELS
from tests.gpu_worker.endpoint_process import PYTHON, ROOT
from tests.gpu_worker.weights.faulty_server import running_faulty_server

WORKER = ROOT / "gpu_worker"
DOCKERFILES = ("Dockerfile", "cpu.Dockerfile")


def steps(name: str = "Dockerfile") -> list[list[str]]:
    """Return the Dockerfile's instructions, split into words."""
    joined = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", (WORKER / name).read_text(), flags=re.MULTILINE))
    return [shlex.split(line) for line in joined.splitlines() if line.strip()]


def copied(steps: list[list[str]], folder: Path) -> Path:
    """Fill `folder` with what these instructions copy into the image's /app, and nothing else."""
    for words in steps:
        if words[0] == "COPY" and not words[-1].startswith("/"):
            for pattern in words[1:-1]:
                found = list(ROOT.glob(pattern))
                assert found, pattern
                for path in found:
                    target = folder / words[-1]
                    if path.is_dir():
                        shutil.copytree(path, target, ignore=shutil.ignore_patterns("__pycache__"))
                    else:
                        target.mkdir(parents=True, exist_ok=True)
                        shutil.copy(path, target)
    return folder


def run_in(folder: Path, python: Path | str, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    manners = {"PYTHONDONTWRITEBYTECODE": "1", "NO_PROXY": "127.0.0.1"}
    return subprocess.run(
        [python, *words], cwd=folder, env=os.environ | manners | env, capture_output=True, text=True, timeout=60
    )


def test_the_files_in_the_image_are_all_that_the_worker_needs(tmp_path: Path) -> None:
    code = "import gpu_worker.handler as it; print(sorted(it.LOADERS))"
    ended = run_in(copied(steps(), tmp_path), PYTHON, "-c", code)
    assert ended.stdout == "['birefnet', 'rembg', 'sam', 'sam_clip']\n", ended.stderr
    assert not (tmp_path / "gpu_worker/emulator").exists()


def test_the_cpu_image_has_all_that_its_endpoint_needs(tmp_path: Path) -> None:
    ended = run_in(copied(steps("cpu.Dockerfile"), tmp_path), PYTHON, "-m", "gpu_worker.local_endpoint", "--help")
    assert ended.stdout.startswith("usage: python -m gpu_worker.local_endpoint"), ended.stderr


def test_weights_are_fetched_with_what_is_copied_before_and_refused_when_they_are_not_the_known_ones(
    tmp_path: Path,
) -> None:
    first = next(place for place, words in enumerate(steps()) if "gpu_worker.weights" in words)
    app = copied(steps()[:first], tmp_path / "app")
    weights = tmp_path / "weights"
    with running_faulty_server() as server:
        revision = "/facebook/sam2.1-hiera-tiny/resolve/de431c4043854a71d8101e17995dfe596bf101a5"
        server.files = {f"{revision}/config.json": b"{}"}
        command = ("python3", "-m", "gpu_worker.weights", "sam2.1-hiera-tiny")
        ended = run_in(app, *command, HF_ENDPOINT=server.url, U2NET_HOME=str(weights))
    assert ended.returncode == 1
    assert "SHA-256 is not the one we know" in ended.stderr
    assert len(server.ranges) == 1
    assert [path.name for path in weights.rglob("*") if path.is_file()] == [".lock"]


def test_the_models_of_the_image_are_known() -> None:
    defaults = [words[1].partition("=") for words in steps() if words[0] == "ARG"]
    assert [name for name, _, _ in defaults] == ["SAM", "BIREFNET"]
    assert all(value in MODELS for _, _, value in defaults)
    fetched = [words for words in steps() if "gpu_worker.weights" in words and words[0] == "RUN"]
    assert [words[4:] for words in fetched] == [[], ["${SAM}"], ["${BIREFNET}"]]


@pytest.mark.parametrize("name", DOCKERFILES)
def test_an_image_has_a_pinned_base_and_runs_as_an_ordinary_user(name: str) -> None:
    base = next(words[1] for words in steps(name) if words[0] == "FROM")
    assert re.fullmatch(r"[a-z/]+:\d+(\.\d+)+-[a-z0-9.-]+", base)
    last_user = [words[1] for words in steps(name) if words[0] == "USER"][-1]
    assert last_user == "10001"
    assert [words[0] for words in steps(name)][-1] == "CMD"


def test_the_libraries_of_cuda_are_looked_for_where_this_python_has_them() -> None:
    environment = next(words[1:] for words in steps() if words[0] == "ENV")
    path = dict(pair.split("=", 1) for pair in environment)["LD_LIBRARY_PATH"]
    compiled = (WORKER / "requirements/gpu.txt").read_text().splitlines()[1]
    assert "--python-version 3.12" in compiled
    assert all(part.startswith("/opt/worker/lib/python3.12/site-packages/nvidia/") for part in path.split(":"))


def pins(name: str) -> dict[str, Requirement]:
    lines = (WORKER / "requirements" / name).read_text().splitlines()
    read = [Requirement(line) for line in lines if line and not line.lstrip().startswith(("#", "-"))]
    return {canonicalize_name(requirement.name): requirement for requirement in read}


@pytest.mark.parametrize("name", ["gpu", "cpu"])
def test_a_lock_pins_every_package_and_keeps_what_was_asked_for(name: str) -> None:
    locked, asked = pins(f"{name}.txt"), pins(f"{name}.in")
    for requirement in locked.values():
        assert re.fullmatch(r"==[\w.+!]+", str(requirement.specifier)), requirement
    for package, requirement in asked.items():
        version = str(locked[package].specifier).removeprefix("==")
        assert requirement.specifier.contains(version), requirement
    # Beside another torch it breaks the import of SAM 2, and timm brings it.
    assert not {"torchvision", "timm"} & set(locked)


def test_both_workers_run_the_same_releases() -> None:
    gpu, cpu, models = pins("gpu.txt"), pins("cpu.txt"), pins("models.txt")
    for package in ("runpod", "rembg", "pillow"):
        assert gpu[package].specifier == cpu[package].specifier
    assert gpu["transformers"].specifier == models["transformers"].specifier


def test_the_gpu_image_has_one_cuda() -> None:
    locked = pins("gpu.txt")
    assert "onnxruntime" not in locked
    base = next(words[1] for words in steps() if words[0] == "FROM")
    assert base.startswith("nvidia/cuda:13.")
    assert "nvidia-cudnn-cu13" in locked
    assert not [package for package in locked if package.endswith("-cu12")]


def hub(name: str) -> Any:
    return json.loads((ROOT / ".runpod" / name).read_text())


def test_the_listing_has_all_that_the_hub_asks_for() -> None:
    listing = hub("hub.json")
    assert listing["type"] == "serverless"
    assert listing["category"] in ("audio", "embedding", "language", "video", "image")
    assert {"title", "description", "config"} <= set(listing)
    config = listing["config"]
    assert config["runsOn"] == "GPU"
    assert isinstance(config["containerDiskInGb"], int)
    assert isinstance(config["gpuCount"], int)
    assert isinstance(config["gpuIds"], str)
    defaults = {variable["key"]: variable["input"]["default"] for variable in config["env"]}
    image = next(words[1:] for words in steps() if words[0] == "ENV")
    assert f"U2NET_HOME={defaults['U2NET_HOME']}" in image


def test_the_hubs_tests_are_requests_of_the_contract_one_of_each_task() -> None:
    listing = hub("tests.json")
    assert listing["config"]["gpuTypeId"] == "NVIDIA GeForce RTX 4090"
    assert listing["config"]["allowedCudaVersions"] == hub("hub.json")["config"]["allowedCudaVersions"]
    requests = [read_request(test["input"]) for test in listing["tests"]]
    assert {request.task for request in requests} == set(TASKS)
    for request in requests:
        for image in request.images:
            open_image(image)
    for test in listing["tests"]:
        assert re.fullmatch(r"[a-z_]+", test["name"])
        assert 1_000 <= test["timeout"] <= 600_000


def test_the_sdks_test_input_is_a_request_of_the_contract() -> None:
    request = read_request(json.loads((WORKER / "test_input.json").read_text())["input"])
    assert request.task == "rembg"
    assert open_image(request.images[0]).size == (64, 64)
