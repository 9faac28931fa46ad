"""Settings, their table and the example file say the same."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
READERS = {"env", "integer", "boolean", "url", "environment"}


def names_in_settings() -> set[str]:
    """Names of environment variables that the settings read: the first argument of each reader's call."""
    found = set()
    for file in ("settings.py", "environment.py"):
        for node in ast.walk(ast.parse((ROOT / "emojiforge" / file).read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                reader = node.func.value if isinstance(node.func, ast.Attribute) else node.func
                if isinstance(reader, ast.Name) and reader.id in READERS:
                    found.add(str(node.args[0].value))
    return found


def names_in_table() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_0-9]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))


def test_every_setting_that_the_environment_decides_is_in_the_table() -> None:
    names = names_in_settings()
    assert {"PORT", "DATABASE_URL", "SECRET_KEY", "RUNPOD_API_KEY"} <= names
    assert names - names_in_table() == set()


def test_the_table_has_no_setting_that_nobody_reads() -> None:
    assert names_in_table() - names_in_settings() == {"U2NET_HOME", "PYTHON"}


def test_the_example_file_has_every_setting_and_sets_none() -> None:
    text = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^# ([A-Z_]+)=", text, re.MULTILINE)) == names_in_settings()
    assert [line for line in text.splitlines() if line and not line.startswith("#")] == []
