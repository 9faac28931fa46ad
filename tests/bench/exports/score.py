"""Print the mean SSIMULACRA2 of pairs of pictures, by the peers' own environment: `python score.py PAIRS.npz`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from ssimulacra2 import compute_ssimulacra2  # type: ignore[import-not-found]


def main(path: str) -> None:
    """Score `shown` (n×H×W×3) against `wanted`."""
    pairs = np.load(path)
    scores = []
    with tempfile.TemporaryDirectory() as folder:
        names = [str(Path(folder, name)) for name in ("wanted.png", "shown.png")]
        for pictures in zip(pairs["wanted"], pairs["shown"], strict=True):
            for name, picture in zip(names, pictures, strict=True):
                Image.fromarray(picture).save(name, compress_level=1)
            scores.append(compute_ssimulacra2(*names))
    print(float(np.mean(scores)))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
