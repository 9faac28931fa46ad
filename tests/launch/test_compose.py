"""The compose file has the shape that Compose wants, and runs what `make run` runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from emojiforge.launch.plan import app_processes

ROOT = Path(__file__).parents[2]
KNOWN = {
    "build",
    "image",
    "command",
    "environment",
    "volumes",
    "restart",
    "init",
    "depends_on",
    "healthcheck",
    "ports",
    "stop_grace_period",
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_every_service_is_made_of_known_keys_and_has_an_image_or_a_dockerfile(compose: dict[str, Any]) -> None:
    assert set(compose) - {"services", "volumes"} == {"x-app", "x-after-preparation"}
    for name, service in compose["services"].items():
        assert set(service) <= KNOWN, name
        assert "image" in service
        if "build" in service:
            assert (ROOT / service["build"]["context"] / service["build"]["dockerfile"]).is_file(), name


def test_what_a_service_waits_for_is_there_and_can_be_healthy(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        for other, wish in service.get("depends_on", {}).items():
            assert wish["condition"] != "service_healthy" or "healthcheck" in services[other]


def test_named_volumes_are_declared(compose: dict[str, Any]) -> None:
    used = {volume.split(":")[0] for service in compose["services"].values() for volume in service.get("volumes", [])}
    assert used == set(compose["volumes"])


def test_the_services_run_what_make_run_starts(compose: dict[str, Any]) -> None:
    for program in app_processes(Path()):
        words = ["python", *program.command[1:]]
        assert compose["services"][program.name]["command"] == " ".join(words)


def test_an_image_of_the_app_has_every_folder_of_the_app() -> None:
    dockerfile = (ROOT / "emojiforge/Dockerfile").read_text()
    for folder in ("emojiforge", "animations", "gpu", "templates", "static"):
        assert f"COPY {folder} ./{folder}" in dockerfile
    assert "gpu_worker" not in dockerfile
    assert dockerfile.rindex("USER 1000") > dockerfile.rindex("RUN ")
