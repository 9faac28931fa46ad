"""What must be true once the kills are over and all is calm."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.chaos.executions import UNSURE, is_hedge, repeated_jobs, repeated_work
from tests.chaos.memory import heavy_web, note_web_peak
from tests.chaos.world import World, say
from tests.stack.product import ROOT

CALM_S: Final = 200.0
"""In which jobs end, and the reconciler sweeps projects (two minutes after their last change)."""
LIVE: Final = ("queued", "running")
ERRORS: Final = re.compile(r"ERROR (animations|daphne)[.\w]*: .*")
"""Answers of 5xx, which Django logs as errors too, are judged as they come."""


def findings(world: World, environment: dict[str, str], *, swept: bool = True) -> list[str]:
    """Wait for calm, and return what is wrong. Not `swept`: files that no row names have still time to go."""
    rows = calm_rows(environment, swept=swept)
    executions = world.endpoint.executions()
    note_web_peak(world)
    report(world, rows, executions)
    wrong = [*world.wrong, *heavy_web(world), *broken_promises(world, rows), *unfinished(rows)]
    wrong += [f"no row names the file {name}" for name in rows["orphans"] if swept]
    wrong += [f"the file {name} of a row is missing" for name in rows["missing"]]
    wrong += repeated_work(executions, rows["calls"])
    deaths = world.kills["handler"] + world.kills["handler stopped"]
    if (again := repeated_jobs(executions)) > deaths:
        wrong.append(f"{again} remote jobs were started again after {deaths} deaths of handlers")
    wrong += [*errors_in_logs(world.product.data_dir / "logs"), *damaged_files(environment)]
    return wrong + abandoned_projects(environment)


def calm_rows(environment: dict[str, str], *, swept: bool) -> dict[str, Any]:
    """Read the rows until no job is live and, where they are to be swept, no file is without a row."""
    end = time.monotonic() + CALM_S
    while True:
        rows: dict[str, Any] = json.loads(python(environment, "-m", "tests.chaos.rows"))
        is_live = any(status in LIVE for status, *_ in rows["jobs"].values())
        if not (is_live or (swept and rows["orphans"])) or time.monotonic() > end:
            return rows
        time.sleep(5)


def report(world: World, rows: dict[str, Any], executions: list[dict[str, Any]]) -> None:
    statuses = Counter(status for status, *_ in rows["jobs"].values())
    unsure = Counter(call["status"] for call in rows["calls"] if call["status"] in UNSURE)
    say(f"{len(rows['projects'])} projects are left, their jobs {dict(statuses)}")
    say(f"{len(rows['abandoned'])} folders of deleted projects are left")
    say(f"{len(rows['calls'])} GPU calls, of which {dict(unsure)}; {sum(map(is_hedge, rows['calls']))} hedges")
    say(f"{len(executions)} executions, {repeated_jobs(executions)} of a job that its worker did not finish")
    say(f"a web process held at most {world.web_peak / 1e6:.0f} MB")


def broken_promises(world: World, rows: dict[str, Any]) -> Iterator[str]:
    """Yield what was promised and is not there, and jobs and exports that did not end as they should."""
    promises = world.promises
    for project in promises.projects - promises.deleted - set(rows["projects"]):
        yield f"the project {project} is lost"
    for kind, promised in (("jobs", promises.jobs), ("exports", promises.exports)):
        for pk, project in promised.items():
            if pk not in rows[kind] and project not in promises.deleted:
                yield f"{kind}: {pk} of {project} is lost"
    may_be_cancelled = promises.cancelled | promises.deleted
    for kind in ("jobs", "exports"):
        for pk, (status, *rest) in rows[kind].items():
            if status != "succeeded" and not (status == "cancelled" and may_be_cancelled & {pk, *rest}):
                yield f"{kind}: {pk} is {status}: {rest}"


def unfinished(rows: dict[str, Any]) -> list[str]:
    return [f"nobody finishes {name}" for name in rows["unfinished"]]


def errors_in_logs(folder: Path) -> list[str]:
    """Return the errors that our own code has logged: a kill is no error of ours."""
    text = "\n".join(path.read_text(errors="replace") for path in sorted(folder.glob("*.log*")))
    return [f"a log says: {found.group()[:300]}" for found in ERRORS.finditer(text)]


def damaged_files(environment: dict[str, str]) -> list[str]:
    try:
        python(environment, "manage.py", "check_files")
    except subprocess.CalledProcessError as error:
        return [f"check_files: {error.stdout}{error.stderr}"]
    return []


def abandoned_projects(environment: dict[str, str]) -> list[str]:
    """Name the deleted projects of which rows or files outlive the time after which they are to go."""
    try:
        left = python(environment, "-m", "tests.chaos.abandoned").split()
    except subprocess.CalledProcessError as error:
        return [f"deleting what is old: {error.stderr}"]
    return [f"the deleted project {name} or its folder stays" for name in left]


def python(environment: dict[str, str], *words: str) -> str:
    """Run a program in the product's environment and return what it prints."""
    command, given = [sys.executable, *words], os.environ | environment
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout
