"""Read what payloads say of their fields: the sentence below a field in the source of its TypedDict."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from typing import is_typeddict


def field_descriptions(payload: type) -> dict[str, str]:
    """Return the sentence of each field of a TypedDict that has one, also of those that it inherits."""
    module = sys.modules[payload.__module__]
    node = _classes(payload.__module__)[payload.__name__]
    bases = [getattr(module, base.id) for base in node.bases if isinstance(base, ast.Name)]
    inherited = [field_descriptions(base) for base in bases if is_typeddict(base)]
    return {name: text for found in (*inherited, _described(node)) for name, text in found.items()}


@cache
def _classes(module: str) -> dict[str, ast.ClassDef]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _described(node: ast.ClassDef) -> dict[str, str]:
    found = {}
    for field, below in pairwise(node.body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
    return found
