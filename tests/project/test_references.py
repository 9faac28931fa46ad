"""What documents and docstrings point at is there: a module that moved takes its mentions along."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = sorted(path.name for path in (ROOT / "animations").iterdir() if path.is_dir() and path.name[0] not in "._")
DOTTED = re.compile(
    rf"`(?P<name>(?:animations|emojiforge|gpu|gpu_worker|tests|tools|{'|'.join(ROOMS)})(?:\.(?!log\b)\w+)+)(?:\(.*?\))?`"
)
FOLDERS = re.compile(
    r"`(?P<name>(?:animations|emojiforge/launch|gpu|gpu_worker|tests|tools|static|templates)/[\w./-]*)`"
)


def texts() -> list[Path]:
    """Return the documents and the sources."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    files = [ROOT / name for name in listed.splitlines() if name.endswith((".md", ".py", ".js"))]
    return [file for file in files if file.exists() and "migrations" not in file.parts]


def resolves(name: str) -> bool:
    """Tell whether a dotted name is a module or package of ours, or something that its module speaks of."""
    parts = name.split(".")
    for base in (ROOT, ROOT / "animations"):
        for length in range(len(parts), 0, -1):
            path = base.joinpath(*parts[:length])
            file = path.with_suffix(".py")
            if file.is_file():
                rest = parts[length : length + 1]
                return not rest or re.search(rf"\b{rest[0]}\b", file.read_text()) is not None
            if path.is_dir() and length == len(parts):
                return True
    return False


def test_every_module_that_is_named_is_there() -> None:
    missing = {
        f"{file.relative_to(ROOT)}: {found['name']}"
        for file in texts()
        for found in DOTTED.finditer(file.read_text())
        if not resolves(found["name"])
    }
    assert missing == set()


def test_every_folder_and_file_that_is_named_is_there() -> None:
    missing = {
        f"{file.relative_to(ROOT)}: {found['name']}"
        for file in texts()
        for found in FOLDERS.finditer(file.read_text())
        if not (ROOT / found["name"]).exists()
    }
    assert missing == set()
