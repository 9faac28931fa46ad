"""Find the sentences and phrases in code that knows no language, by how they look; with values, as templates.

A sentence begins with a capital letter and ends with a full stop or a value. Where reports and readings are put
together of phrases (`PHRASES`), every text with a space counts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PHRASES: Final = (
    "animations/encode/",
    "animations/finish/letters.py",
    "animations/imaging/plain_png.py",
    "animations/ingest/sniff.py",
    "animations/motion/differences.py",
    "animations/motion/language/layout.py",
    "animations/motion/language/reader.py",
    "animations/work/kinds/export.py",
)
SENTENCE: Final = re.compile(r"[A-Z“{][^\n]* [^\n]*[.?!:]”?(?: \{\w*\})?")
PHRASE: Final = re.compile(r"[^\n]*[a-z{}”]{2,}:? [^\n]*[^\n ]")
LEAST_LETTERS: Final = 5
"""Of a template beside its places: one with fewer would be found in texts that are none of its own."""
UNREAD_CALLS: Final = {"debug", "info", "warning", "error", "exception", "critical", "gettext", "ngettext", "_"}
UNREAD_ARGUMENTS: Final = {"help_text", "description", "verbose_name"}
Docstrings = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def sentences_of(name: str) -> list[str]:
    """Return each sentence or phrase of a Python file, named by its path from the root."""
    look = PHRASE if name.startswith(PHRASES) else SENTENCE
    return [text for text in _texts(ast.parse((ROOT / name).read_text())) if _is_read(look, text)]


def _is_read(look: re.Pattern[str], text: str) -> bool:
    letters = re.sub(r"\{[^}]*\}|[^A-Za-z]", "", text)
    return bool(look.fullmatch(text)) and len(letters) >= LEAST_LETTERS


def _texts(tree: ast.Module) -> Iterator[str]:
    """Yield the texts of a file but for docstrings, log lines and help texts."""
    unread = {id(each) for node in ast.walk(tree) for root in _unread(node) for each in ast.walk(root)}
    for node in ast.walk(tree):
        if id(node) in unread:
            continue
        if isinstance(node, ast.JoinedStr):
            unread |= {id(each) for each in ast.walk(node) if each is not node}
            yield _template(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _unread(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node
    if isinstance(node, ast.Call) and _called(node) in UNREAD_CALLS:
        yield node
    if isinstance(node, ast.keyword) and node.arg in UNREAD_ARGUMENTS:
        yield node


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _template(node: ast.JoinedStr) -> str:
    """Return an f-string with a name in place of each value."""
    names: list[str] = []
    parts = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            name = _name(part.value)
            names.append(name)
            parts.append(f"{{{name}{names.count(name) if names.count(name) > 1 else ''}}}")
        elif isinstance(part, ast.Constant):
            parts.append(str(part.value))
    return "".join(parts)


def _name(value: ast.expr) -> str:
    """Return the last name in an expression."""
    found = [getattr(node, "attr", getattr(node, "id", "")) for node in ast.walk(value)]
    return next((name.lower() for name in found if name), "value")
