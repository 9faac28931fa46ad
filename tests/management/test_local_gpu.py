"""The GPU endpoint that a command starts for itself while the product does not run."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management.base import CommandError
from pytest_django import Settings

from animations.management.local_gpu import reachable_endpoint

UNREACHABLE = "http://127.0.0.1:1/v2"
LISTENING = """
echo "$LOCAL_GPU_KEY" > key
echo starting
echo '{"event": "listening", "url": "http://127.0.0.1:5/v2"}'
exec sleep 60
"""


def install_worker(settings: Settings, folder: Path, script: str) -> None:
    """Put a shell script where the GPU worker's own Python is, and have no endpoint that answers."""
    python = folder / "gpu_worker" / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o700)
    settings.BASE_DIR = settings.DATA_DIR = folder
    settings.RUNPOD_API_KEY, settings.RUNPOD_BASE_URL, settings.LOCAL_GPU_KEY = "", UNREACHABLE, ""


def test_the_address_that_the_endpoint_logs_is_used_until_the_block_ends(settings: Settings, tmp_path: Path) -> None:
    install_worker(settings, tmp_path, LISTENING)
    with reachable_endpoint():
        assert settings.RUNPOD_BASE_URL == "http://127.0.0.1:5/v2"
        assert settings.LOCAL_GPU_KEY == (tmp_path / "key").read_text().strip() != ""
    assert (settings.RUNPOD_BASE_URL, settings.LOCAL_GPU_KEY) == (UNREACHABLE, "")


def test_an_endpoint_that_ends_at_once_is_reported_with_its_log(settings: Settings, tmp_path: Path) -> None:
    install_worker(settings, tmp_path, "echo broken; exit 3")
    with pytest.raises(CommandError, match="ended at once"), reachable_endpoint():
        pytest.fail("there is no endpoint")
    assert (tmp_path / "logs" / "make_emoji-gpu.log").read_text() == "broken\n"
    assert settings.RUNPOD_BASE_URL == UNREACHABLE


def test_a_missing_worker_is_reported_with_the_command_that_sets_it_up(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR, settings.RUNPOD_BASE_URL = tmp_path, UNREACHABLE
    with pytest.raises(CommandError, match="make setup"), reachable_endpoint():
        pytest.fail("there is no endpoint")


def test_with_an_api_key_nothing_is_started(settings: Settings, tmp_path: Path) -> None:
    install_worker(settings, tmp_path, "exit 3")
    settings.RUNPOD_API_KEY = "secret"
    with reachable_endpoint():
        assert settings.RUNPOD_BASE_URL == UNREACHABLE
