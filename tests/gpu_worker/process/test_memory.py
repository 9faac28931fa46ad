"""A worker's memory over thousands of calls."""

from __future__ import annotations

import json
import subprocess

from tests.gpu_worker.endpoint_process import PYTHON, ROOT


def test_memory_stays_flat_over_two_thousand_calls() -> None:
    ended = subprocess.run(
        [PYTHON, "-m", "tests.gpu_worker.process.memory_run", "2000", "200"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    found = json.loads(ended.stdout)
    assert found["settled_mb"] > 30
    assert found["grown_mb"] < 10, found
