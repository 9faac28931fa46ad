"""A real local endpoint with real workers, started for tests as `make run` starts it."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from gpu_worker import weights
from tests.polling import until

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "gpu_worker" / ".venv" / "bin" / "python"
UNFINISHED = ("IN_QUEUE", "IN_PROGRESS")


@dataclass
class LocalEndpoint:
    """The endpoint's process, a client of its REST API, and the key that this client bears."""

    process: subprocess.Popen[str]
    client: httpx.Client
    key: str

    def call(self, method: str, path: str, **options: Any) -> Any:
        response = self.client.request(method, path, **options)
        response.raise_for_status()
        return response.json()

    def run(self, job_input: object, **more: Any) -> str:
        job_id: str = self.call("POST", "run", json={"input": job_input, **more})["id"]
        return job_id

    def runsync(self, job_input: object) -> Any:
        return self.call("POST", "runsync", json={"input": job_input}, params={"wait": 180_000})

    def status(self, job_id: str) -> Any:
        return self.call("GET", f"status/{job_id}")

    def wait_until_ended(self, job_id: str, seconds: float = 120.0) -> Any:
        return until(lambda: job if (job := self.status(job_id))["status"] not in UNFINISHED else None, seconds)

    def wait_until_in_progress(self, job_id: str) -> Any:
        return until(lambda: job if (job := self.status(job_id))["status"] == "IN_PROGRESS" else None)

    def health(self) -> Any:
        return self.call("GET", "health")

    def wait_until_ready(self) -> None:
        until(lambda: self.health()["workers"]["ready"])

    def worker(self) -> psutil.Process:
        """Return the first live worker process."""
        workers: list[psutil.Process] = psutil.Process(self.process.pid).children()
        return workers[0]

    def descendants(self) -> list[psutil.Process]:
        """Return all processes below the endpoint."""
        children: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return children

    def stop(self) -> None:
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=15)


def start_endpoint(
    workers: int = 1, env: Mapping[str, str] | None = None, key: str = "", arguments: Sequence[str] = ()
) -> LocalEndpoint:
    """Start `python -m gpu_worker.local_endpoint` on a free port and wait until it listens."""
    if not PYTHON.exists():
        pytest.fail("gpu_worker/.venv is missing: set it up as gpu_worker/README.md says, or by `make run`")
    process = subprocess.Popen(
        [PYTHON, "-m", "gpu_worker.local_endpoint", "--port", "0", "--workers", str(workers), *arguments],
        cwd=ROOT, env={**os.environ, "RUNPOD_API_KEY": key, **(env or {})}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    listening = json.loads(process.stdout.readline())
    key = key or listening["key"]
    bearer = {"Authorization": f"Bearer {key}"}
    # A proxy of the environment has no business between two processes of one machine.
    url = f"{listening['url']}/{listening['endpoint']}"
    headers = bearer | {"Content-Type": "application/json"}
    client = httpx.Client(base_url=url, timeout=200, trust_env=False, headers=headers)
    return LocalEndpoint(process, client, key)


def require_weights() -> None:
    """Fail the test, with what to do, where there are no weights."""
    if weights.find() is None:
        pytest.fail(weights.instructions())


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
