"""Debian's own programs that read pictures: run, never imported, and told apart by the format that each knows."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

PACKAGES: Final = {
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
    "gifsicle": "gifsicle",
    "apngdis": "apngdis",
    "webpmux": "webp",
    "dwebp": "webp",
    "avifdec": "libavif-bin",
}
"""The package of each program; `.ci/run` installs them."""
SECONDS: Final = 60


def require() -> None:
    """Skip the test on a machine without the programs, but fail it in CI: there nobody would see the gap."""
    missing = {package for program, package in PACKAGES.items() if shutil.which(program) is None}
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"apt-get install {' '.join(sorted(missing))}")
    if missing:
        pytest.skip(f"other programs to read files with are not installed: {', '.join(sorted(missing))}")


def run(*command: str | Path, folder: Path | None = None) -> str:
    """Return what a program says, its complaints with it. Raises `CalledProcessError`."""
    done = subprocess.run(
        list(map(str, command)), cwd=folder, check=True, capture_output=True, text=True, timeout=SECONDS
    )
    return done.stdout + done.stderr


def pixels(*command: str | Path) -> bytes:
    """Return the bytes that a program writes."""
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=SECONDS).stdout
