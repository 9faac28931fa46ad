"""An endpoint with fake workers: calls of its debug API, and packs of known cost."""

from __future__ import annotations

from typing import Any

from PIL import Image

from gpu.contract import Request
from tests.gpu_worker.endpoint_process import LocalEndpoint
from tests.gpu_worker.sample_images import encoded
from tests.polling import until

FRAME_MS = 40
ENVIRONMENT = {"FAKE_WORKER_FRAME_MS": str(FRAME_MS)}
FAKE_WORKER = ("--handler", "gpu_worker.emulator.fake_worker")


def square_png(side: int) -> bytes:
    """Return a PNG that is equal only to those of the same side."""
    return encoded(Image.new("RGB", (side, side), (side % 256, 0, 0)))


def pack_input(frames: int) -> dict[str, Any]:
    """Return the input of a job of `frames` × `FRAME_MS`; its images are 10, 11, 12 … pixels wide."""
    return Request("rembg", tuple(square_png(10 + index) for index in range(frames))).to_input()


def call_debug_api(endpoint: LocalEndpoint, method: str, name: str, body: object = None) -> Any:
    """Call the debug API and return its JSON."""
    url = endpoint.client.base_url.join(f"/_emulator/{name}")
    response = endpoint.client.request(method, url, json=body)
    response.raise_for_status()
    return response.json()


def set_faults(endpoint: LocalEndpoint, *faults: dict[str, Any]) -> None:
    """Set these faults, and no others, from now on."""
    call_debug_api(endpoint, "POST", "scenario", {"faults": list(faults)})


def executions(endpoint: LocalEndpoint, job_id: str) -> list[dict[str, Any]]:
    """Return the executions of a job, by the endpoint's own count."""
    return [one for one in call_debug_api(endpoint, "GET", "billing")["executions"] if one["job"] == job_id]


def wait_for_idle_workers(endpoint: LocalEndpoint, workers: int, seconds: float = 30.0) -> None:
    """Wait until so many workers are ready and idle."""
    until(lambda: endpoint.health()["workers"]["idle"] == workers, seconds)
