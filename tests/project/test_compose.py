"""The compose file has the shape that Compose wants, and runs what `make run` runs."""

from __future__ import annotations

import re
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
    "cpu_shares",
}
OF_THE_COMPOSITION = {"HOST", "DATABASE_URL", "REDIS_URL"}
"""Settings whose value the services decide among themselves."""
OF_THE_IMAGE = {"DATA_DIR", "PORT"}
"""Settings that are the same in every container: a volume is at the one, the published port leads to the other."""


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
        for other, condition in service.get("depends_on", {}).items():
            assert condition["condition"] != "service_healthy" or "healthcheck" in services[other]


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


def test_the_gpu_endpoint_knows_the_applications_key_and_address(compose: dict[str, Any]) -> None:
    app, gpu = (compose["services"][name]["environment"] for name in ("web", "gpu"))
    assert {name: gpu[name] for name in ("LOCAL_GPU_KEY", "PUBLIC_URL")}.items() <= app.items()


def test_every_setting_of_the_example_file_reaches_all_that_read_it(compose: dict[str, Any]) -> None:
    named = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert {"GPU_SECONDS_PER_DAY", "METRICS_TOKEN", *OF_THE_COMPOSITION, *OF_THE_IMAGE} <= named
    for service in ("prepare", *(program.name for program in app_processes(Path()))):
        passed = compose["services"][service]["environment"]
        assert set(passed) == named - OF_THE_IMAGE, service
        for name in set(passed) - OF_THE_COMPOSITION:
            assert passed[name].startswith(f"${{{name}:"), name


def test_what_is_the_same_in_every_container_is_where_the_others_expect_it(compose: dict[str, Any]) -> None:
    assert "DATA_DIR=/data" in (ROOT / "emojiforge/Dockerfile").read_text()
    for service in ("prepare", *(program.name for program in app_processes(Path()))):
        assert compose["services"][service]["volumes"] == ["data:/data"], service
    (published,) = compose["services"]["web"]["ports"]
    assert published == "127.0.0.1:${PORT:-8000}:8000"
