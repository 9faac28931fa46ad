"""Settings, their table and the example file say the same, and documents name what is there."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
READERS = {"env", "integer", "boolean", "url", "environment"}
DOCUMENTS = [ROOT / "README.md", ROOT / "gpu_worker/README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def names_in_settings() -> set[str]:
    """List the environment variables that the settings read: the first argument of each reader's call."""
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


def test_no_file_has_the_marks_of_an_unfinished_merge() -> None:
    marks = ["grep", "--files-with-matches", "--extended-regexp", "^(<{7}|>{7}) ", "."]
    assert subprocess.run(["git", *marks], cwd=ROOT, capture_output=True, text=True).stdout == ""


def targets() -> set[str]:
    (named,) = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return set(named.split())


def test_help_lists_every_target_in_one_column_that_a_terminal_holds() -> None:
    command = ["make", "--no-print-directory", "help"]  # this test may itself run under make
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [re.fullmatch(r"(  make ([a-z-]+) +)(\S.*)", line) for line in lines]
    assert {row[2] for row in rows if row} == targets()
    assert len(rows) == len(targets())
    assert {len(row[1]) for row in rows if row} == {len("  make test-postgres ")}
    assert max(map(len, lines)) <= 80


def test_documents_name_no_target_that_is_not_there() -> None:
    named = {
        name
        for text in [*DOCUMENTS, ROOT / ".ci/run"]
        for name in re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", text.read_text(), re.M)
    }
    assert {"run", "models", "test-models"} <= {one or other for one, other in named} <= targets()


def anchors(text: Path) -> set[str]:
    """List the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_documents_point_at_files_and_headings_that_are_there() -> None:
    links = [
        (text, *link)
        for text in DOCUMENTS
        for link in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", text.read_text())
    ]
    assert {text.name for text, *_ in links} >= {"README.md", "settings.md", "sets.md"}
    for text, target, anchor in links:
        path = (text.parent / target) if target else text
        assert path.exists(), f"{text.name}: {target}"
        assert not anchor or anchor in anchors(path), f"{text.name}: {target}#{anchor}"


def test_requests_in_the_workers_readme_bear_the_key_that_the_endpoint_asks_for() -> None:
    requests = re.findall(r"^curl .+$", (ROOT / "gpu_worker/README.md").read_text(), re.MULTILINE)
    assert requests
    for request in requests:
        assert '-H "$key"' in request
        assert ("-d @" in request) == ("Content-Type: application/json" in request)
