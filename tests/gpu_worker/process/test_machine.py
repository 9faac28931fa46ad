from __future__ import annotations

import platform
from pathlib import Path

import pytest

from gpu_worker.process import machine

CPU = {"name": "cpu", "memory_mb": 0, "driver": ""}


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Make an empty folder the only one in which programs are looked for."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def install(path: Path, script: str) -> None:
    program = path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_a_machine_without_nvidia_smi_has_a_processor(path: Path) -> None:
    assert machine.device() == CPU


def test_the_first_gpu_is_the_device(path: Path) -> None:
    install(path, "echo 'NVIDIA GeForce RTX 4090, 24564, 580.95.05'\necho 'NVIDIA L4, 23034, 580.95.05'")
    assert machine.device() == {"name": "NVIDIA GeForce RTX 4090", "memory_mb": 24564, "driver": "580.95.05"}


@pytest.mark.parametrize("script", ["exit 9", "echo 'No devices were found'", "true", "echo 'A, B, C'"])
def test_a_gpu_that_does_not_answer_is_none(path: Path, script: str) -> None:
    install(path, script)
    assert machine.device() == CPU


def test_versions_are_of_what_is_installed() -> None:
    versions = machine.versions()
    assert versions["python"] == platform.python_version()
    assert versions["numpy"].count(".") >= 1
    assert "onnxruntime-gpu" not in versions
