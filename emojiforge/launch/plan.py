"""What a run consists of, from the settings: the children, their addresses and the environment that they share."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from emojiforge.launch.console import StartupError
from emojiforge.launch.ports import free_port
from emojiforge.launch.reaper import MARK
from emojiforge.launch.redis_server import configure, find_server
from emojiforge.launch.supervisor import Program


@dataclass(frozen=True)
class LaunchSettings:
    """The settings that decide what is started. Empty `redis_url`, `runpod_*` mean that nobody set them."""

    root: Path
    data_dir: Path
    redis_url: str
    runpod_base_url: str
    runpod_api_key: str
    runpod_endpoint_id: str
    local_gpu_workers: int
    webhook_base: str = ""
    """The address at which the GPU endpoint calls the app back."""


@dataclass(frozen=True)
class Plan:
    """`servers` start first, `web` once the database is ready, the `others` once web answers."""

    servers: tuple[Program, ...]
    web: Program
    others: tuple[Program, ...]
    addresses: Mapping[str, str]

    def environment(self, launch: LaunchSettings, mark: str) -> dict[str, str]:
        """Return the environment of every child."""
        own = {"DATA_DIR": str(launch.data_dir), "PYTHONUNBUFFERED": "1", MARK: mark}
        # glibc gives each of web's threads an arena of its own, which keeps what large uploads once needed.
        own["MALLOC_ARENA_MAX"] = "2"
        return {**os.environ, **self.addresses, **own}


def make_plan(launch: LaunchSettings) -> Plan:
    """Choose servers and free ports. Raises `StartupError` when one is missing."""
    servers: list[Program] = []
    addresses: dict[str, str] = {}
    if launch.redis_url:
        addresses["REDIS_URL"] = launch.redis_url
    else:
        redis = configure(find_server(), launch.data_dir / "redis", free_port())
        # Its warnings are about how the machine is set up for keeping data on disk, which it does not do here.
        servers.append(Program("redis", redis.command, last=True, shows_warnings=False))
        addresses["REDIS_URL"] = redis.url
    if launch.runpod_base_url:
        addresses["RUNPOD_BASE_URL"] = launch.runpod_base_url
    elif not launch.runpod_api_key:
        port = free_port()
        servers.append(gpu_endpoint(launch, port))
        addresses["RUNPOD_BASE_URL"] = f"http://127.0.0.1:{port}/v2"
        # By the environment and the run file, which other users of the machine cannot read, as they can a command.
        addresses["LOCAL_GPU_KEY"] = secrets.token_urlsafe(24)
    web, *others = app_processes(launch.root)
    return Plan(tuple(servers), web, tuple(others), addresses)


def gpu_endpoint(launch: LaunchSettings, port: int) -> Program:
    """Return the process that serves RunPod's API on this machine, in the GPU worker's own virtual environment."""
    python = launch.root / "gpu_worker/.venv/bin/python"
    if not python.exists():
        raise StartupError(
            "The GPU worker's virtual environment is missing: start with `make run`, or run `make setup`."
        )
    command = [str(python), "-m", "gpu_worker.local_endpoint", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(launch.local_gpu_workers), "--endpoint-id", launch.runpod_endpoint_id]
    command += ["--webhook-base", launch.webhook_base] if launch.webhook_base else []
    return Program("gpu", tuple(command))


def app_processes(root: Path) -> tuple[Program, ...]:
    """Return web, the RQ workers of each queue, and the reconciler."""
    return (
        Program("web", (sys.executable, "-m", "emojiforge.server")),
        Program("interactive", (sys.executable, "-m", "emojiforge.worker", "interactive")),
        Program("bulk", (sys.executable, "-m", "emojiforge.worker", "bulk")),
        Program("reconciler", (sys.executable, str(root / "manage.py"), "reconcile")),
    )
