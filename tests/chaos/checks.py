"""What must be true once the kills are over and all is calm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any, Final

from tests.chaos.world import World, say
from tests.stack.product import ROOT

CALM_S: Final = 180.0
"""In which jobs end, and the reconciler sweeps projects (two minutes after their last change)."""


def findings(world: World, environment: dict[str, str]) -> list[str]:
    """Wait for calm, and return what is wrong."""
    rows = calm_rows(environment)
    wrong = [f"a job is not well: {job}" for job in rows["jobs"]]
    wrong += [f"no row names the file {name}" for name in rows["orphans"]]
    wrong += [f"the file {name} of a row is missing" for name in rows["missing"]]
    executed = world.endpoint.executed_work()
    again, deaths = executed.total() - len(executed), world.kills["handler"]
    say(f"{rows['calls']} GPU calls ({rows['unsure']} unsure), {executed.total()} executions, {again} repeated")
    say(f"{rows['overtaken']} exports had no frames, since their emoji was begun anew")
    if again > rows["unsure"] + deaths:
        wrong.append(f"{again} executions were repeated, {rows['unsure']} calls and {deaths} deaths explain them")
    return world.wrong + wrong + damaged_files(environment)


def calm_rows(environment: dict[str, str]) -> dict[str, Any]:
    end = time.monotonic() + CALM_S
    while True:
        rows = python(environment, "-m", "tests.chaos.rows")
        read: dict[str, Any] = json.loads(rows.stdout)
        is_calm = not read["orphans"] and all(job[2] == "failed" for job in read["jobs"])
        if is_calm or time.monotonic() > end:
            return read
        time.sleep(5)


def damaged_files(environment: dict[str, str]) -> list[str]:
    checked = python(environment, "manage.py", "check_files")
    return [] if checked.returncode == 0 else [f"check_files: {checked.stdout}{checked.stderr}"]


def python(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program in the product's environment."""
    command = [sys.executable, *words]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=120
    )
