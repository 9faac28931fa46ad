"""Find the texts that people read: in templates, Python and scripts, and in the tables of the pure rooms."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from animations.translation.motions import ORDER
from tools.messages import labels
from tools.messages.sentences import sentences_of

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("animations", "gpu")
NOT_READ: Final = (
    "admin",
    "management",
    "migrations",
    "checks.py",
    "lexicon.py",
    "metrics_collector.py",
    "prompt.py",
    "smoke.py",
)
"""Folders and files of these packages in which no sentences are looked for: their texts are for staff or programs."""
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
}
Found = tuple[str, str | tuple[str, ...], str | None]
"""Where a text stands, the text (with its plural), and its context."""


def server_texts() -> Catalog:
    """Return what the server says."""
    catalog = Catalog()
    for path, text, context in (*_in_templates(), *_in_python(), *_in_tables()):
        catalog.add(text, locations=[(path, None)], context=context)  # type: ignore[list-item]
    return catalog


def script_texts() -> Catalog:
    """Return what the scripts of the pages say."""
    catalog = Catalog()
    for path in sorted((ROOT / "static/js").rglob("*.js")):
        if path.parent.name != "locale":
            for where, text, context in _extract("javascript", path, path.read_bytes()):
                catalog.add(text, locations=[(where, None)], context=context)  # type: ignore[list-item]
    return catalog


def _in_templates() -> Iterator[Found]:
    for path in sorted((ROOT / "templates").rglob("*.*")):
        calls = templatize(path.read_text(), origin=str(path))
        flat = "\n".join(line.lstrip() for line in calls.splitlines())
        yield from _extract("python", path, flat.encode())


def _in_python() -> Iterator[Found]:
    for path in sorted((ROOT / "animations").rglob("*.py")):
        yield from _extract("python", path, path.read_bytes())


def _in_tables() -> Iterator[Found]:
    for where, text in (*labels.all_labels(), *_sentences()):
        yield where, text, None


@cache
def _sentences() -> list[tuple[str, str]]:
    """Return each sentence of code that knows no language, after the file that has it."""
    paths = [path.relative_to(ROOT) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    names = [str(path) for path in paths if not any(part in NOT_READ for part in path.parts)]
    return [(name, text) for name in names for text in sentences_of(name)]


def templates() -> list[str]:
    """Return the texts with values in braces, for `animations.translation`."""
    found = {text for _, text in (*labels.all_labels(), *_sentences()) if "{" in text}
    return sorted(found - {ORDER})


def _extract(method: str, path: Path, source: bytes) -> Iterator[Found]:
    for _line, text, _comments, context in extract(method, io.BytesIO(source), KEYWORDS):
        yield str(path.relative_to(ROOT)), text, context
