"""A file is found without a table: no folder has many files, and the layers of the code are those of the design."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_FILES = 14
"""Files at one level of a folder of ours."""
MAX_LINES = 300
"""Of a Python file of the product: one that grows longer lacks a room."""
EXEMPT = ("tests/data/", "animations/migrations/", "docs/screens/")
"""Inputs of tests, sorted by what they are; a log that Django keeps in one folder, and adds to; and pictures that a
command makes, two of each screen under its name."""


def own_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [Path(name) for name in listed.splitlines() if not name.startswith(EXEMPT) and (ROOT / name).exists()]


def test_no_folder_has_so_many_files_that_it_needs_a_table() -> None:
    folders = Counter(str(file.parent) for file in own_files())
    assert {folder: count for folder, count in folders.items() if count > MAX_FILES} == {}


def test_no_file_of_the_product_is_so_long_that_it_lacks_a_room() -> None:
    product = [file for file in own_files() if file.suffix == ".py" and file.parts[0] != "tests"]
    lines = {str(file): len((ROOT / file).read_text().splitlines()) for file in product}
    assert {file: count for file, count in lines.items() if count > MAX_LINES} == {}
