"""A virtual environment of its own for the peers, which are no part of the product and never installed beside it."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

from tests.bench.local import ROOT

PACKAGES: Final = ("sticker-convert==2.21.0.2", "ssimulacra2==0.3.0")
"""GPL 2 (with libimagequant, GPL 3) and BSD; only run, never imported."""
BUILD: Final = ROOT / "build" / "bench-export"
SECONDS: Final = 600


@cache
def peers_python() -> Path:
    """Return the interpreter of that environment, which is made where it is missing."""
    venv = BUILD / "venv"
    python = venv / "bin" / "python"
    if not (venv / "made").exists():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, venv], check=True)
        subprocess.run([*uv, "pip", "install", "--quiet", "--python", python, *PACKAGES], check=True)
        (venv / "made").touch()
    return python


def run_beside(script: str, *arguments: object) -> str:
    """Run one of the scripts beside this file in that environment, and return what it prints last."""
    command = [str(peers_python()), str(Path(__file__).with_name(script)), *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS)
    return done.stdout.splitlines()[-1]
