"""Fill the weights directory from the first source that has the right file. Standard library only."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gpu_worker.weights.directory import find, has_checksum, instructions
from gpu_worker.weights.download import Progress
from gpu_worker.weights.sources import ISNET_FLOAT32, Source, Weights, WeightsError


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
                return _fetch_from(source, directory, say)
            except (OSError, WeightsError) as error:
                reasons.append(f"{source.label}: {error}")
                say(f"weights: {reasons[-1]}\n")
    raise WeightsError(_instructions(known, directory, reasons))


def _fetch_from(source: Source, directory: Path, say: Callable[[str], object]) -> Path:
    brought = source.download(directory, _progress(source.label, say))
    if not has_checksum(brought, source.weights):
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


def _instructions(known: Sequence[Weights], directory: Path, reasons: Sequence[str]) -> str:
    wanted = known[0]
    if wanted.name == ISNET_FLOAT32.name:
        return instructions(directory, reasons)
    return f"No {wanted.name} ({'; '.join(reasons)}): put it (SHA-256 {wanted.sha256}) into {directory}."
