"""A file is found without a table: no folder has many files, and the layers of the code are those of the design."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_FILES = 14
"""Files at one level of a folder of ours."""
EXEMPT = ("tests/data/", "animations/migrations/")
"""Inputs of tests, sorted by what they are; and a log that Django keeps in one folder, and adds to."""


def test_no_folder_has_so_many_files_that_it_needs_a_table() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    files = [name for name in listed.splitlines() if not name.startswith(EXEMPT) and (ROOT / name).exists()]
    folders = Counter(str(Path(name).parent) for name in files)
    assert {folder: count for folder, count in folders.items() if count > MAX_FILES} == {}
