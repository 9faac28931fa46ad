"""What this worker runs on, for the task `info` and the log. Nothing here loads a model's runtime."""

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
    """`memory_mb` is the GPU's own; 0 and an empty driver where there is none."""

    name: str
    memory_mb: int
    driver: str


def device() -> Device:
    """The first GPU as `nvidia-smi` names it, else the processor."""
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
    """Installed versions by package, and Python's; a package that is not installed is left out."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _processor() -> Device:
    return {"name": "cpu", "memory_mb": 0, "driver": ""}
