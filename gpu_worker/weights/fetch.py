"""Fill the weights directory from the first source that has the right file. Standard library only."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gpu_worker.weights.directory import find, has_checksum, instructions
from gpu_worker.weights.download import Progress
from gpu_worker.weights.sources import ISNET_FLOAT32, Source, Weights, WeightsError


def ensure(directory: Path, sources: Sequence[Source], report: Callable[[str], object]) -> Path:
    """Put weights into `directory` unless they are there, and return their path. Raises `WeightsError`.

    A source is passed over when it is silent for 10 s or its file is not the promised one; the file moves to its name
    in one step and only after its SHA-256 was checked. Two processes at once: the second waits for the first.
    """
    directory.mkdir(parents=True, exist_ok=True)
    known = [source.weights for source in sources]
    with _locked(directory / ".lock"):
        if path := find(directory, known):
            report(f"weights: {path} is there\n")
            return path
        reasons = []
        for source in sources:
            try:
                return _fetch_from(source, directory, report)
            except (OSError, WeightsError) as error:
                reasons.append(f"{source.label}: {error}")
                report(f"weights: {reasons[-1]}\n")
    raise WeightsError(_instructions(known, directory, reasons))


def _fetch_from(source: Source, directory: Path, report: Callable[[str], object]) -> Path:
    downloaded = source.download(directory, _progress(source.label, report))
    if not has_checksum(downloaded, source.weights):
        downloaded.unlink()
        raise WeightsError("its SHA-256 is not the one we know, so it was thrown away")
    path = directory / source.weights.name
    downloaded.replace(path)
    report(f"weights: {path} from {source.label}\n")
    return path


def _progress(label: str, report: Callable[[str], object]) -> Progress:
    """Report MB and % each time another tenth (or 10 MB, where the size is unknown) has come."""
    last = -1

    def show(done: int, total: int | None) -> None:
        nonlocal last
        step = done * 10 // total if total else done // 10_000_000
        if step != last:
            last = step
            of_all = f" of {total / 1e6:.0f} MB, {done * 100 // total} %" if total else " MB"
            report(f"weights: {label}: {done / 1e6:.0f}{of_all}\n")

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
