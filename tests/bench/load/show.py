"""`make bench-load`: how long people and sockets wait for web when many are there at once.

The product runs on a fresh data directory with 50 people, who have an emoji of 12 frames × 3 candidates each. For a
minute they act as `users` says; then 200 sockets follow the emojis as `sockets` says. What the load itself costs is
shown beside what web costs, since both share the machine, and so is what other programs took: where they left no core
free, the times say how long web waited for one, not how fast it is. At last one person sends more than is fair
(`floods`), and twenty send large photos at once (`pictures`). With each row stands the most memory that web held.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tests.bench.load.costs import cpu_spent, reset_web_peaks, web_peaks
from tests.bench.load.floods import wait_of_a_job, waits_of_uploads
from tests.bench.load.images import send_large_photos
from tests.bench.load.sockets import ROOT, follow
from tests.bench.load.users import Times, act_for
from tests.stack.product import Product, running_product

PEOPLE: Final = 50
SOCKETS: Final = 200
SETTLE_S: Final = 5.0
"""After its start the product loads a worker and its weights, which is not what is measured here."""
TARGETS_MS: Final = {
    "all requests": 200,
    "changes to sockets": 150,
    "uploads in a flood": 5000,
    "job beside twenty": 3000,
    "20 large photos": 30_000,
}
"""What the 95th of a hundred may wait."""


def show(seconds: float) -> int:
    """Print the table; return 1 when a target is missed."""
    with tempfile.TemporaryDirectory() as directory, running_product(Path(directory)) as product:
        environment = {"DATA_DIR": directory, **product.addresses}
        people = _seed(environment)
        time.sleep(SETTLE_S)
        port = urlsplit(product.base).port or 0
        _say(f"{'milliseconds':20} {'p50':>7} {'p95':>7} {'p99':>7} {'max':>7} {'count':>7}")
        times: Times = _measured(product, lambda: asyncio.run(act_for(seconds, port, people)))
        met = [_show_times(times)]
        following = follow(seconds / 2, port, people, SOCKETS, **environment)
        met.append(_row("changes to sockets", _measured(product, lambda: asyncio.run(following))))
        met.append(_row("uploads in a flood", _measured(product, lambda: waits_of_uploads(product))))
        met.append(_row("job beside twenty", _measured(product, lambda: [wait_of_a_job(product)])))
        waits, said = _measured(product, lambda: send_large_photos(product))
        met.append(_row("20 large photos", waits))
        _say(said)
    return 0 if all(met) else 1


def _seed(environment: dict[str, str]) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.bench.load.seed", str(PEOPLE)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=True)
    people: list[dict[str, Any]] = json.loads(done.stdout)
    return people


def _measured(product: Product, work: Callable[[], Any]) -> Any:
    """Do the work and print what it cost: of a core for web and for the load, and the most memory of web."""
    pid = product.process.pid
    reset_web_peaks(pid)
    before, begun = cpu_spent(pid), time.monotonic()
    found = work()
    seconds = time.monotonic() - begun
    spent = cpu_spent(pid).since(before)
    _say(f"{spent.in_words(seconds)}; {' + '.join(f'{size:.0f}' for size in web_peaks(pid))} MB at most")
    return found


def _show_times(times: Times) -> bool:
    for what, found in times.items():
        _row(what, found)
    return _row("all requests", [one for found in times.values() for one in found])


def _row(name: str, found: Iterable[float]) -> bool:
    """Print one line; return whether its target is met, where there is one."""
    ordered = sorted(one * 1000 for one in found)
    p50, p95, p99 = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.95, 0.99))
    _say(f"{name:20} {p50:7.0f} {p95:7.0f} {p99:7.0f} {ordered[-1]:7.0f} {len(ordered):7}")
    return p95 <= TARGETS_MS.get(name, p95)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
