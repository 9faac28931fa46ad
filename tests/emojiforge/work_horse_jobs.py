"""Jobs that a real RQ worker runs in test_worker.py. They speak through files."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path


def note(path: str) -> None:
    """Add a line with the work-horse's process to the file."""
    add_line(path, str(os.getpid()))


def add_line(path: str, text: str) -> None:
    """Add a line to the file."""
    with Path(path).open("a") as file:
        file.write(f"{text}\n")


def wait_for_word(path: str, word: str) -> None:
    """Note the start, go on once the file `word` is there, note the end."""
    note(path)
    give_up = time.monotonic() + 60
    while not Path(word).exists() and time.monotonic() < give_up:
        time.sleep(0.02)
    note(path)


def describe(path: str) -> None:
    """Write down what a work-horse has at hand when its job begins."""
    from django.db import connections

    cv2, numpy = importlib.import_module("cv2"), importlib.import_module("numpy")
    picture, begun = numpy.zeros((192, 192, 3), numpy.uint8), time.process_time()
    cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    facts = {
        "converted_ms": 1e3 * (time.process_time() - begun),
        "modules": sorted(sys.modules),
        "threads": cv2.getNumThreads(),
        "connected": [one.alias for one in connections.all() if one.connection is not None],
    }
    part = Path(f"{path}.part")
    part.write_text(json.dumps(facts))
    part.rename(path)


def refuse(prompt: str, picture: str) -> None:
    """Fail as a library does that quotes what it refuses."""
    raise ValueError(f"cannot draw {prompt!r} on {picture}")
