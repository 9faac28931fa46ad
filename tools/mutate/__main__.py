"""Which public functions could be empty without a test noticing? `python -m tools.mutate [--room ROOM] [--jobs N]`.

In a copy of the tree, one public function after the other loses its body (it returns None; a generator yields
nothing; a context manager does nothing), and the tests that enter it run: those that need neither a browser nor the
whole stack. Survivors are listed; there must be none.
"""

from __future__ import annotations

import argparse
import os
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tools.mutate.mutants import ROOMS, Mutant, mutants
from tools.mutate.trace import Trace
from tools.mutate.trial import Copy


def try_all(waiting: queue.SimpleQueue[Mutant], trace: Trace, survivors: list[Mutant], until: float) -> None:
    """Take mutants until there are none, or no time."""
    with tempfile.TemporaryDirectory(prefix="mutate-") as directory, closing(Copy(Path(directory))) as copy:
        while time.monotonic() < until:
            try:
                mutant = waiting.get_nowait()
            except queue.Empty:
                return
            noticed = copy.notices(mutant, trace)
            if not noticed:
                survivors.append(mutant)
            say(f"{'noticed ' if noticed else 'SURVIVED'} {mutant}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def trace_tests(rooms: Sequence[str]) -> Trace:
    """Find out which tests enter which functions of the rooms."""
    with tempfile.TemporaryDirectory(prefix="mutate-") as directory:
        say("First all tests run once, for what each of them enters.")
        with closing(Copy(Path(directory))) as copy:
            trace = copy.trace(rooms, Path(directory))
    for test in sorted(trace.failed):
        say(f"Fails without any change, so it tells nothing: {test}")
    return trace


def read_options(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutate", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--room", action="append", choices=ROOMS, help="only this room (may be given more than once)")
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        help="copies of the tree to work in (default: one for each core)",
    )
    parser.add_argument("--minutes", type=float, default=240.0, help="stop after so long (default: 240)")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command: 0 when every mutant was noticed, 1 with a list of survivors, or where some were not tried."""
    options = read_options(argv)
    rooms = options.room or list(ROOMS)
    trace = trace_tests(rooms)
    waiting: queue.SimpleQueue[Mutant] = queue.SimpleQueue()
    for room in rooms:
        for mutant in mutants(room):
            waiting.put(mutant)
    total, survivors = waiting.qsize(), list[Mutant]()
    until = time.monotonic() + options.minutes * 60
    threads = [threading.Thread(target=try_all, args=(waiting, trace, survivors, until)) for _ in range(options.jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    untried = waiting.qsize()
    say(f"\n{total - untried} of {total} functions emptied, {len(survivors)} survivors.")
    for mutant in sorted(survivors, key=str):
        say(f"  {mutant}")
    return 1 if survivors or untried else 0


if __name__ == "__main__":
    sys.exit(main())
