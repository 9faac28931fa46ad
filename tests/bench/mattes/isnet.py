"""Matte all pictures of a folder by the default engine's network. Runs in the GPU worker's environment."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from gpu_worker.services import rembg_service

if __name__ == "__main__":
    service = rembg_service.load()
    for path in sorted(Path(sys.argv[1]).glob("*.png")):
        alpha = service.infer([Image.open(path).convert("RGB")], {})[0]
        Image.fromarray(alpha).save(path.with_suffix(".alpha.png"))
