"""Find the texts that people read: in templates, Python and scripts, and in the tables of the pure rooms."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from animations.translation.motions import ORDER
from tools.messages import labels, sentences

ROOT: Final = Path(__file__).parents[2]
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
    for where, text in (*labels.all_labels(), *sentences.all_sentences()):
        yield where, text, None


def templates() -> list[str]:
    """Return the texts with values in braces, for `animations.translation`."""
    found = {text for _, text in (*labels.all_labels(), *sentences.all_sentences()) if "{" in text}
    return sorted(found - {ORDER})


def _extract(method: str, path: Path, source: bytes) -> Iterator[Found]:
    for _line, text, _comments, context in extract(method, io.BytesIO(source), KEYWORDS):
        yield str(path.relative_to(ROOT)), text, context
