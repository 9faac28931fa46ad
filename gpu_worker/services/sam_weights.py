"""Find SAM 2's weights and packages, or say what is missing. Imports nothing of torch."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from gpu_worker import weights

SIZES: Final = ("tiny", "small", "base-plus", "large")
PREFIX: Final = "sam2.1-hiera-"
PUBLISHER: Final = "facebook"
NEEDED: Final = ("config.json", "model.safetensors")


def find_checkpoints() -> dict[str, Path]:
    """Find folders in the hub's layout (`config.json`, `model.safetensors`) by model name, smallest first.

    `SAM_WEIGHTS` names one such folder and wins; else every `sam2.1-hiera-*` in the weights directory counts.
    """
    if chosen := os.environ.get("SAM_WEIGHTS"):
        folders = [Path(chosen).expanduser()]
    else:
        folders = sorted(weights.default_directory().glob(f"{PREFIX}*"))
    checkpoints = {folder.name: folder for folder in folders if all((folder / name).is_file() for name in NEEDED)}
    names = [f"{PREFIX}{size}" for size in SIZES]
    return dict(
        sorted(checkpoints.items(), key=lambda item: names.index(item[0]) if item[0] in names else len(names))
    )


def missing_reason(checkpoints: dict[str, Path]) -> str | None:
    """Return what keeps SAM 2 from running, in one line that says what to do; None when nothing does."""
    if any(find_spec(package) is None for package in ("torch", "transformers")):
        return "SAM 2 needs torch and transformers, which this worker does not have: run `make models`."
    if checkpoints:
        return None
    name = f"{PREFIX}{SIZES[1]}"
    where = os.environ.get("SAM_WEIGHTS") or weights.default_directory() / name
    return (
        f"No weights for SAM 2: run `python -m gpu_worker.weights {name}` with huggingface.co in reach, or put "
        f"{' and '.join(NEEDED)} of {PUBLISHER}/{name} into {where}; then start the worker again."
    )
