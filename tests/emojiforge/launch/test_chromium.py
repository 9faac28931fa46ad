"""A browser for the tests: found, remembered, or fetched from the first source that gives one that starts."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from emojiforge.launch import chromium
from emojiforge.launch.chromium import Chromium, executable
from emojiforge.launch.console import StartupError
from emojiforge.launch.install import ROOT, Setup, parts
from tests.polling import until

PYTHON = f"#!{sys.executable}\n"


def program(path: Path, text: str = "#!/bin/sh\nexit 0\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


class Machine:
    """A checkout and a PATH of its own. A browser starts if its text says so."""

    def __init__(self, root: Path) -> None:
        self.root = root / "checkout"
        self.path = root / "bin"
        self.path.mkdir()
        self.environment = {"PATH": str(self.path), "XDG_CACHE_HOME": str(root / "cache")}
        self.started = root / "started"
        # The environment's Python is asked whether a page opens: here, a program that reads what it is given.
        program(
            self.root / ".venv/bin/python",
            f"{PYTHON}import pathlib, sys\npath = pathlib.Path(sys.argv[-1])\n"
            f"open({str(self.started)!r}, 'a').write(path.name + '\\n')\n"
            "sys.exit('starts' not in path.read_text())\n",
        )

    def put(self, name: str, *, starts: bool = True) -> Path:
        return program(self.path / name, "#!/bin/sh\n# " + ("starts" if starts else "broken") + "\n")

    def chromium(self, **more: str) -> Chromium:
        return Chromium(self.root, self.environment | more)

    @property
    def tried(self) -> list[str]:
        return self.started.read_text().split() if self.started.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_on_the_path_is_taken_and_remembered(machine: Machine, name: str) -> None:
    found = str(machine.put(name))
    assert machine.chromium().prepare() == found
    assert machine.chromium().prepare() == found
    assert machine.tried == [name]
    assert executable(machine.root, {"PATH": "/nowhere"}) == found


def test_one_that_does_not_start_is_passed_over(machine: Machine) -> None:
    machine.put("chromium", starts=False)
    found = machine.put("google-chrome")
    assert machine.chromium().prepare() == str(found)
    assert machine.tried == ["chromium", "google-chrome"]


def test_the_one_that_is_named_goes_before_all_others(machine: Machine) -> None:
    machine.put("chromium")
    machine.chromium().prepare()
    other = machine.put("my-chrome")
    assert machine.chromium(CHROMIUM=str(other)).prepare() == str(other)
    assert executable(machine.root, machine.environment | {"CHROMIUM": "my-chrome"}) == str(other)
    assert machine.tried == ["chromium", "my-chrome"]
    with pytest.raises(StartupError, match="CHROMIUM names /nowhere"):
        machine.chromium(CHROMIUM="/nowhere").prepare()
    broken = machine.put("broken", starts=False)
    with pytest.raises(StartupError, match="no browser starts there"):
        machine.chromium(CHROMIUM=str(broken)).prepare()


def test_one_that_has_changed_is_tried_anew(machine: Machine) -> None:
    machine.put("chromium")
    machine.chromium().prepare()
    os.utime(machine.path / "chromium", (1, 1))
    machine.chromium().prepare()
    (machine.path / "chromium").unlink()
    other = machine.put("google-chrome")
    assert machine.chromium().prepare() == str(other)
    assert machine.tried == ["chromium", "chromium", "google-chrome"]


class Sources(Chromium):
    """Sources that give what they are told to."""

    def __init__(self, machine: Machine, **gives: Path | Exception | None) -> None:
        super().__init__(machine.root, machine.environment)
        self.gives, self.asked = gives, list[str]()

    def sources(self) -> Any:
        return [(name, lambda name=name: self._give(name)) for name in self.gives]

    def _give(self, name: str) -> Path | None:
        self.asked.append(name)
        given = self.gives[name]
        if isinstance(given, Exception):
            raise given
        return given


def test_the_first_source_with_a_browser_that_starts_is_taken_and_each_is_reported(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    broken, good = machine.put("broken", starts=False), machine.put("good")
    fetching = Sources(
        machine, first=None, second=broken, third=subprocess.CalledProcessError(1, "x"), fourth=good, fifth=good
    )
    assert fetching.prepare() == str(good)
    assert fetching.asked == ["first", "second", "third", "fourth"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("No Chromium on the PATH")
    assert [line.split("s  ")[1] for line in lines[1:]] == [
        "first: not available here",
        "second: not available here",
        "third: not available here",
        f"fourth: {good}",
    ]
    assert executable(machine.root, machine.environment) == str(good)


def test_the_sources_are_playwright_then_npm_then_debian(machine: Machine) -> None:
    names = [name for name, _ in machine.chromium().sources()]
    assert names == ["Playwright's own download", "the npm package @sparticuz/chromium", "Debian's package"]


def test_where_none_can_be_had_one_line_says_what_to_do(machine: Machine) -> None:
    with pytest.raises(StartupError) as refusal:
        Sources(machine, first=None).prepare()
    assert "\n" not in str(refusal.value)
    assert "CHROMIUM=/path/to/chromium" in str(refusal.value)
    assert executable(machine.root, machine.environment) is None


def test_a_machine_with_nothing_has_none_of_the_sources(machine: Machine) -> None:
    shutil.copytree(ROOT / "requirements/browser", machine.root / "requirements/browser")
    chromium = machine.chromium()
    assert (chromium.from_npm(), chromium.from_debian()) == (None, None)


def playwright(machine: Machine, does: str) -> Chromium:
    """Make `python -m playwright install` do that, and say where it would install."""
    shell = machine.root / "pw/chromium_headless_shell-1/chrome-linux/headless_shell"
    program(
        machine.root / ".venv/bin/python",
        f"{PYTHON}import pathlib, subprocess, sys, time\nshell = pathlib.Path({str(shell)!r})\n"
        "if '--dry-run' in sys.argv:\n    print('Chrome Headless Shell 1\\n  Install location:    '"
        " + str(shell.parents[1]))\nelse:\n" + "".join(f"    {line}\n" for line in does.splitlines()),
    )
    return machine.chromium()


def test_playwrights_download_is_taken_once_its_first_byte_has_come(machine: Machine) -> None:
    found = playwright(
        machine,
        "print('Downloading Chrome', flush=True)\nprint('|    |   0% of 104.3 MiB', flush=True)\ntime.sleep(0.3)\n"
        "shell.parent.mkdir(parents=True)\nshell.write_text('starts')",
    ).from_playwright()
    assert found is not None
    assert found.name == "headless_shell"


def test_playwrights_download_is_given_up_with_all_it_started_when_no_byte_comes(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(chromium, "FIRST_BYTE_S", 4.0)
    child = tmp_path / "child"
    does = (
        "print('Downloading Chrome Headless Shell', flush=True)\nsleeper = subprocess.Popen(['/bin/sleep', '60'])\n"
        f"pathlib.Path({str(child)!r}).write_text(str(sleeper.pid))\ntime.sleep(60)"
    )
    began = time.monotonic()
    assert playwright(machine, does).from_playwright() is None
    assert time.monotonic() - began < 20
    until(lambda: ended(int(child.read_text())), 10)


def ended(pid: int) -> bool:
    """Tell whether a process is gone, or only waits for its parent to collect its status."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def test_playwrights_download_that_fails_gives_none(machine: Machine) -> None:
    assert playwright(machine, "sys.exit(1)").from_playwright() is None


COMPRESS = "process.stdout.write(require('zlib').brotliCompressSync(require('fs').readFileSync(0)))"


def compressed(content: bytes) -> bytes:
    return subprocess.run(["node", "-e", COMPRESS], input=content, capture_output=True, check=True).stdout


def archive(name: str, content: bytes) -> bytes:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as tar:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    return kept.getvalue()


def npm(machine: Machine, tmp_path: Path, does: str = "") -> None:
    """Put an npm that brings a package made here, and the real node, on the PATH."""
    packed = tmp_path / "packed"
    packed.mkdir()
    (packed / "chromium.br").write_bytes(compressed(b'#!/bin/sh\necho "$LD_LIBRARY_PATH" "$@"\n# starts\n'))
    (packed / "al2023.tar.br").write_bytes(compressed(archive("lib/libnss3.so", b"nss")))
    shutil.copytree(ROOT / "requirements/browser", machine.root / "requirements/browser")
    node = shutil.which("node")
    assert node is not None
    (machine.path / "node").symlink_to(node)
    program(
        machine.path / "npm",
        f"{PYTHON}import pathlib, shutil, sys\nfolder = pathlib.Path(sys.argv[-1])\n"
        "assert sys.argv[1] == 'ci' and (folder / 'package-lock.json').is_file()\n" + does +
        f"\nshutil.copytree({str(packed)!r}, folder / 'node_modules/@sparticuz/chromium/bin')\n",
    )  # fmt: skip


def test_the_npm_packages_browser_is_unpacked_once_into_the_cache_with_its_libraries(
    machine: Machine, tmp_path: Path
) -> None:
    npm(machine, tmp_path)
    found = machine.chromium().from_npm()
    assert found is not None
    folder = found.parent
    assert folder.parent == tmp_path / "cache/emojiforge"
    assert folder.name.startswith("chromium-")
    said = subprocess.run([found, "--headless", "a b"], capture_output=True, text=True, check=True, env={}).stdout
    assert said == f"{folder}/lib --headless a b\n"
    assert (folder / "lib/libnss3.so").read_bytes() == b"nss"
    assert sorted(path.name for path in folder.parent.iterdir()) == [folder.name]
    (machine.path / "npm").unlink()
    assert machine.chromium().from_npm() == found


def test_an_npm_that_reaches_nothing_leaves_nothing_behind(machine: Machine, tmp_path: Path) -> None:
    npm(machine, tmp_path, "sys.exit(1)")
    with pytest.raises(OSError, match="npm could not"):
        machine.chromium().from_npm()
    assert not list((tmp_path / "cache").rglob("*"))


def test_only_the_goals_that_are_for_the_tests_want_a_browser() -> None:
    setup = Setup(ROOT)
    wanting = [goal for goal in ("run", "app", "lint", "types", "setup", "bench", "test") if _wants(setup, goal)]
    assert wanting == ["setup", "test"]


def _wants(setup: Setup, goal: str) -> bool:
    return "a browser for the tests" in [name for name, _ in parts(setup, goal)]


def test_ci_keeps_no_list_of_browsers_of_its_own() -> None:
    text = (ROOT / ".ci/run").read_text()
    assert not [name for name in (*chromium.NAMES, *chromium.DEBIAN_PACKAGES) if name in text]


def test_pytest_says_in_one_line_that_there_is_no_browser_before_any_test_runs() -> None:
    command = [sys.executable, "-m", "pytest", "tests/browser", "-p", "no:cacheprovider"]
    environment = os.environ | {"CHROMIUM": "/nowhere/chromium"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 4
    assert f"ERROR: {chromium.NONE}" in done.stdout + done.stderr
    assert "passed" not in done.stdout
