"""Name this worker's device and versions, for the task `info`. Loads no model's runtime."""

from __future__ import annotations

import platform
import shutil
import subprocess
from importlib import metadata
from typing import Final, TypedDict

PACKAGES: Final = ("runpod", "onnxruntime", "onnxruntime-gpu", "torch", "transformers", "rembg", "Pillow", "numpy")
QUERY: Final = ("--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits")
TIMEOUT_S: Final = 10.0


class Device(TypedDict):
    """The first GPU, with its own `memory_mb`; 0 and an empty `driver` where there is none."""

    name: str
    memory_mb: int
    driver: str


def device() -> Device:
    """Return the first GPU as `nvidia-smi` names it, else the processor."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return _processor()
    try:
        asked = subprocess.run([program, *QUERY], capture_output=True, text=True, timeout=TIMEOUT_S, check=True)  # noqa: S603
        name, memory, driver = (part.strip() for part in asked.stdout.splitlines()[0].split(","))
        return {"name": name, "memory_mb": int(memory), "driver": driver}
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return _processor()


def versions() -> dict[str, str]:
    """Return the installed packages' versions, and Python's; leave out what is not installed."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _processor() -> Device:
    return {"name": "cpu", "memory_mb": 0, "driver": ""}
