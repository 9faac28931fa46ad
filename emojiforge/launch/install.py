"""Set up what is missing: virtual environments, locked packages, model weights. Nothing is done twice.

Runs before any package is there, so: standard library only, and it starts under the system's own Python.
`python -m emojiforge.launch.install run|app|test|bench|lint|types|setup|models|test-models`; `run` goes on to the
product in the same process.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from emojiforge.launch.chromium import Chromium
from emojiforge.launch.console import StartupError, step

ROOT: Final = Path(__file__).resolve().parents[2]
OLDEST: Final = (3, 11)
TORCH: Final = "torch==2.13.0"
STARTED: Final = "EMOJIFORGE_STARTED"
"""Environment variable: the monotonic clock at the beginning, for the total time that the parent says."""


class Run(Protocol):
    """Runs a command to its end; raises `CalledProcessError`."""

    def __call__(self, command: Sequence[str | Path]) -> None: ...


def run(command: Sequence[str | Path]) -> None:
    subprocess.run([str(word) for word in command], cwd=ROOT, check=True)  # noqa: S603  (the commands are ours)


@dataclass(frozen=True)
class Stamp:
    """A file that says for which state of the world something was done."""

    path: Path

    def holds(self, *states: str) -> bool:
        """Return whether it was done for one of `states`."""
        return self.path.is_file() and self.path.read_text() in states

    def write(self, state: str) -> None:
        self.path.write_text(state)


def digest(path: Path) -> str:
    """Return `name sha256`, so that a stamp tells which list was installed."""
    return f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def pinned(package: str, requirements: Path) -> str:
    """Return `package==version` as the locked list has it."""
    found = re.search(rf"^{re.escape(package)}==\S+", requirements.read_text(), re.MULTILINE)
    assert found, f"{package} is not in {requirements}"
    return found.group()


class Setup:
    """The parts that can be missing in the checkout at `root`. `execute` runs a command (tests pass their own)."""

    def __init__(self, root: Path = ROOT, execute: Run = run, environment: Mapping[str, str] | None = None) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.worker_venv = root / "gpu_worker/.venv"
        self._run = execute
        self._environment = {**dotenv(root / ".env"), **(os.environ if environment is None else environment)}

    def app(self) -> None:
        """Install what the product needs; keep the development tools of a checkout that has them."""
        base, dev = self._lists()
        stamp = Stamp(self.venv / "packages.stamp")
        if not (python(self.venv).exists() and stamp.holds(digest(base), digest(dev))):
            has_tools = stamp.path.is_file() and stamp.path.read_text().startswith(dev.name)
            self._sync_app(dev if has_tools else base)

    def development(self) -> None:
        """Install the product's packages and the tools that test and check it."""
        _, dev = self._lists()
        if not (python(self.venv).exists() and Stamp(self.venv / "packages.stamp").holds(digest(dev))):
            self._sync_app(dev)

    def worker(self) -> None:
        """Make the GPU worker's own environment, unless the GPU is somewhere else."""
        if self._local_gpu():
            self._worker_packages()

    def models(self) -> None:
        """Add torch and SAM 2 to the worker's packages, wherever the GPU is: they were asked for.

        pip installs torch, since only pip looks for a CPU build on the disk (`PIP_FIND_LINKS`) and takes it first.
        """
        self._worker_packages()
        packages = self.root / "gpu_worker/requirements/models.txt"
        stamp = self._models_stamp()
        state = f"{TORCH} {digest(packages)}"
        if not stamp.holds(state):
            self._add(packages)
            self._run(
                [python(self.venv), "-m", "pip", "--python", python(self.worker_venv), "install", "--quiet", TORCH]
            )
            stamp.write(state)

    def model_tests(self) -> None:
        """Install what the tests of the models need beside the models."""
        packages = self.root / "gpu_worker/requirements/models-test.txt"
        stamp = self._model_tests_stamp()
        if not stamp.holds(digest(packages)):
            self._add(packages)
            stamp.write(digest(packages))

    def weights(self) -> None:
        """Fetch the weights of the matting model; they are checked once, then known by size and time."""
        if not self._local_gpu():
            return
        stamp = Stamp(self.worker_venv / "weights.stamp")
        if stamp.path.is_file() and stamp.holds(self._weights_state(stamp.path.read_text().partition("\n")[0])):
            return
        command = [str(python(self.worker_venv)), "-m", "gpu_worker.weights"]
        done = subprocess.run(command, cwd=self.root, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
        stamp.write(self._weights_state(done.stdout.strip()))

    def node(self) -> None:
        """Install the type checker for the pages' scripts. Raises `StartupError` without npm."""
        lock = self.root / "requirements/package-lock.json"
        stamp = Stamp(self.root / "requirements/node_modules/packages.stamp")
        if stamp.holds(digest(lock)):
            return
        if shutil.which("npm") is None:
            raise StartupError("npm is missing: `make types` checks the pages' scripts with it (apt install npm).")
        self._run(["npm", "ci", "--no-audit", "--no-fund", "--prefix", "requirements"])
        stamp.write(digest(lock))

    def browser(self) -> None:
        """Find or fetch a Chromium for the browser tests. Raises `StartupError` where none can be had."""
        Chromium(self.root, self._environment).prepare()

    def _lists(self) -> tuple[Path, Path]:
        return self.root / "requirements/base.txt", self.root / "requirements/dev.txt"

    def _local_gpu(self) -> bool:
        return not (self._environment.get("RUNPOD_API_KEY") or self._environment.get("RUNPOD_BASE_URL"))

    def _worker_packages(self) -> None:
        packages = self.root / "gpu_worker/requirements/cpu.txt"
        if Stamp(self.worker_venv / "packages.stamp").holds(digest(packages)) and works(self.worker_venv):
            return
        self.app()  # uv lives there
        with_models = self._models_stamp().path.is_file()
        # A sync takes out what is not on its list.
        for stamp in (self._models_stamp(), self._model_tests_stamp()):
            stamp.path.unlink(missing_ok=True)
        if not works(self.worker_venv):
            self._run([self._uv(), "venv", "--quiet", "--clear", "--python", python(self.venv), self.worker_venv])
        self._sync(self.worker_venv, packages)
        if with_models:
            self.models()

    def _models_stamp(self) -> Stamp:
        return Stamp(self.worker_venv / "models.stamp")

    def _model_tests_stamp(self) -> Stamp:
        return Stamp(self.worker_venv / "model-tests.stamp")

    def _weights_state(self, path: str) -> str:
        try:
            state = Path(path).stat()
        except OSError:
            return ""
        home = self._environment.get("U2NET_HOME", ""), self._environment.get("XDG_CACHE_HOME", "")
        return f"{path}\n{state.st_size} {state.st_mtime_ns} {home}"

    def _uv(self) -> Path:
        return self.venv / "bin/uv"

    def _sync_app(self, packages: Path) -> None:
        if not works(self.venv):
            require_venv()
            self._run([sys.executable, "-m", "venv", "--clear", self.venv])
        if not self._uv().exists():
            wanted = pinned("uv", self._lists()[1])
            self._run([python(self.venv), "-m", "pip", "install", "--quiet", wanted])
        self._sync(self.venv, packages)

    def _sync(self, venv: Path, packages: Path) -> None:
        stamp = Stamp(venv / "packages.stamp")
        self._run([self._uv(), "pip", "sync", "--quiet", "--python", python(venv), packages])
        stamp.write(digest(packages))

    def _add(self, packages: Path) -> None:
        self._run([self._uv(), "pip", "install", "--quiet", "--python", python(self.worker_venv), "-r", packages])


def python(venv: Path) -> Path:
    return venv / "bin/python"


def works(venv: Path) -> bool:
    """Return whether the environment is there, complete, and its Python new enough."""
    if not python(venv).exists():
        return False
    question = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.run([str(python(venv)), "-c", question], check=False).returncode == 0  # noqa: S603


def require_venv() -> None:
    """Check that Python has `venv`, which Debian splits off. Raises `StartupError`."""
    try:
        import ensurepip  # noqa: F401, PLC0415  (its absence is the question)
    except ImportError as error:
        raise StartupError("This Python cannot make virtual environments: apt install python3-venv") from error


def dotenv(path: Path) -> dict[str, str]:
    """Read the plain `NAME=value` lines of `.env`; enough to know whether there is a GPU elsewhere."""
    if not path.is_file():
        return {}
    lines = re.findall(r"^\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*$", path.read_text(), re.MULTILINE)
    return {name: value.strip("'\"") for name, value in lines}


def parts(setup: Setup, goal: str) -> list[tuple[str, Callable[[], None]]]:
    """List what `goal` needs, in order, each with the name that the person reads."""
    app = [("packages of the app", setup.app)]
    tools = [("packages and tools", setup.development)]
    worker = [("packages of the GPU worker", setup.worker), ("model weights", setup.weights)]
    node = [("TypeScript", setup.node)]
    models = [("torch and SAM 2 for the GPU worker", setup.models)]
    browser = [("a browser for the tests", setup.browser)]
    goals = {
        "run": app + worker,
        "test": tools + browser + worker,
        "bench": tools + worker,
        "app": app,
        "lint": tools,
        "types": tools + node,
    }
    goals |= {"models": app + models, "test-models": app + models + [("what their tests need", setup.model_tests)]}
    return {**goals, "setup": tools + worker + node + browser}[goal]


def install(goal: str, setup: Setup) -> None:
    """Do what `goal` needs, one at a time even when two of these run at once in one checkout."""
    checkout = os.open(setup.root, os.O_RDONLY)
    try:
        fcntl.flock(checkout, fcntl.LOCK_EX)
        for name, do in parts(setup, goal):
            with step(name):
                do()
    finally:
        os.close(checkout)


def main(argv: Sequence[str]) -> int:
    """Run the command: 0, or 1 and one line; `run` never comes back."""
    began, goal = time.monotonic(), argv[1]
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # ends what is being run, too
    try:
        install(goal, Setup())
    except StartupError as why:
        sys.stderr.write(f"{why}\n")
        return 1
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"Set-up stopped: `{' '.join(map(str, error.cmd[:6]))}` failed; the lines above say why.\n")
        return 1
    except KeyboardInterrupt:
        return 130
    if goal == "run":
        os.chdir(ROOT)
        own = {**os.environ, STARTED: str(began)}
        os.execve(python(ROOT / ".venv"), [str(python(ROOT / ".venv")), "-m", "emojiforge.launch"], own)  # noqa: S606
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
