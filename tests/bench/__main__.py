"""`make bench`: the main job's parts on one core, then the GPU path; each row the same work in one run.

`python -m tests.bench main` or `… gpu [--rounds N] [--rows TEXT]` for one of the two; `… plots` for docs/planner.md.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from tests.bench import gpu_path, main_job, plots


def main() -> int:
    """Run the command; fail when a row of the GPU path misses its target."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("part", nargs="?", choices=("main", "gpu", "all", "plots"), default="all")
    parser.add_argument("--rounds", type=int, default=5, help="of our column; its median is shown")
    parser.add_argument("--rows", default="", help="only rows whose name holds this")
    parser.add_argument("directory", nargs="?", type=Path, default=Path("docs"), help="of the plots")
    options = parser.parse_args()
    if options.part in ("main", "all"):
        main_job.show()
    if options.part in ("gpu", "all"):
        return asyncio.run(gpu_path.show(options.rounds, options.rows))
    if options.part == "plots":
        options.directory.mkdir(parents=True, exist_ok=True)
        (options.directory / "planner-packs.svg").write_text(plots.draw(asyncio.run(plots.measured())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
