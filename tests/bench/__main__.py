"""`make bench`: the main job's parts on one core, then the GPU path; each row the same work in one run.

`python -m tests.bench main` or `… gpu [--rounds N] [--rows TEXT]` for one of the two; `… plots` for docs/planner.md;
`… load [--seconds N]` for `make bench-load`; `… matte` for the refine tools, on drawings whose alpha is known;
`… edit [--rounds N] [--rows TEXT]` for `make bench-edit`, how long a person waits for them;
`… export [--rows TEXT] [--beside]` for `make bench-export`, files beside those of others (`--beside`: of those
platforms alone).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from tests.bench import edit, gpu_path, main_job, plots
from tests.bench.exports import show as exports
from tests.bench.load import show as load
from tests.bench.mattes import show as mattes

PARTS = ("main", "gpu", "all", "plots", "load", "matte", "edit", "export")


def main() -> int:
    """Run the command; fail when a row of the GPU path misses its target."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("part", nargs="?", choices=PARTS, default="all")
    parser.add_argument("--rounds", type=int, default=5, help="of our column; four times as many taps")
    parser.add_argument("--rows", default="", help="only rows whose name holds this")
    parser.add_argument("--beside", action="store_true", help="only files that others make, too")
    parser.add_argument("directory", nargs="?", type=Path, default=Path("docs/images"), help="of the plots")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the load")
    options = parser.parse_args()
    if options.part in ("main", "all"):
        main_job.show_in_process()
    if options.part in ("gpu", "all"):
        return asyncio.run(gpu_path.show(options.rounds, options.rows))
    if options.part == "load":
        return load.show(options.seconds)
    if options.part == "matte":
        return mattes.show()
    if options.part == "edit":
        return edit.show(4 * options.rounds, options.rows)
    if options.part == "export":
        return exports.show(options.rows, beside_only=options.beside)
    if options.part == "plots":
        options.directory.mkdir(parents=True, exist_ok=True)
        (options.directory / "planner-packs.svg").write_text(plots.draw(asyncio.run(plots.measured())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
