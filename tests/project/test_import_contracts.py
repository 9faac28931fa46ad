"""Each import contract fails when what it forbids is done: a rule that cannot fail guards nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
WIDE = os.environ | {"COLUMNS": "200"}
"""Names and chains are wrapped otherwise."""
SKIPPED = shutil.ignore_patterns(".venv", "node_modules", "migrations", "__pycache__", "*.txt", "*.md")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Copy the packages that the contracts are about."""
    for package in ("emojiforge", "animations", "gpu", "gpu_worker"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=SKIPPED)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def forbidden_imports(contract: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield pairs (importer, imported) that the contract forbids; of layers, one for each step upwards."""
    if contract["type"] == "forbidden":
        yield contract["source_modules"][0], expand(contract["forbidden_modules"][-1])[0]
    elif contract["type"] == "independence":
        first, second, *_ = [module for name in contract["modules"] for module in expand(name)]
        yield first, second
    else:
        layers = [re.split(r"\s*[|:]\s*", layer) for layer in contract["layers"]]
        for container in contract.get("containers", [""]):
            prefix = f"{container}." if container else ""
            for upper, lower in pairwise(layers):
                yield f"{prefix}{lower[0].strip('()')}", f"{prefix}{upper[0].strip('()')}"


def expand(name: str) -> list[str]:
    """List the modules that a contract names as `package.*`; another name stands for itself."""
    package = name.removesuffix(".*")
    if name == package:
        return [name]
    files = sorted((ROOT / package.replace(".", "/")).glob("[!_]*.py"))
    return [f"{package}.{file.stem}" for file in files]


def add_import(tree: Path, importer: str, imported: str) -> None:
    path = tree / importer.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    file.write_text(f"{file.read_text()}\nimport {imported}\n")


def test_each_contract_breaks_when_what_it_forbids_is_imported(tree: Path) -> None:
    for contract in CONTRACTS:
        for importer, imported in forbidden_imports(contract):
            add_import(tree, importer, imported)
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", "pyproject.toml"]
    said = subprocess.run(
        command, cwd=tree, capture_output=True, text=True, timeout=120, env=WIDE, check=False
    ).stdout
    kept = [contract["name"] for contract in CONTRACTS if f"{contract['name']} BROKEN" not in said]
    assert kept == []
    for contract in CONTRACTS:
        for importer, imported in forbidden_imports(contract):
            assert f"{importer} is not allowed to import {imported}" in said, contract["name"]
