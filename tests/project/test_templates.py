"""No template has a text that is not marked for translation."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2] / "templates"
OF_STAFF = "admin/"
MARKED = re.compile(
    r"\{% (?:comment|blocktranslate|block width)\b.*?\{% end(?:comment|blocktranslate|block width) %\}"
    r"|\{[%{#].*?[%}#]\}|<!--.*?-->",
    re.DOTALL,
)
"""What is no text of a page, or translated; the block `width` names a style."""
TAG = re.compile(r"<[^>]*>", re.DOTALL)
SPOKEN_ATTRIBUTE = re.compile(r'\b(?:aria-label|title|placeholder|alt|data-hint|content)="([^"]*[A-Za-z]{2}[^"]*)"')
NO_TEXT = re.compile(
    r"EmojiForge|<kbd.*?</kbd>|<script.*?</script>|<meta name=\"(?:viewport|robots|referrer)\".*?>|&\w+;"
)
COLOUR = re.compile(r"#[0-9a-f]{6}")


def templates() -> list[Path]:
    found = [path for path in ROOT.rglob("*.html") if OF_STAFF not in str(path.relative_to(ROOT))]
    assert len(found) > 40
    return found


def bare_texts(source: str) -> list[str]:
    """Return the texts and attributes that people read, but for those in translation tags."""
    page = NO_TEXT.sub("", MARKED.sub("", source))
    attributes = [text for text in SPOKEN_ATTRIBUTE.findall(page) if not COLOUR.fullmatch(text)]
    words = re.findall(r"[^\s<>]*[A-Za-z]{2}[^\n<>]*", TAG.sub("\n", page))
    return attributes + words


def test_the_scan_sees_texts_and_attributes() -> None:
    source = '<p title="Read me">Hello {{ name }}</p>{% translate "Good" %}<b aria-label="{% translate "Well" %}">'
    assert bare_texts(source) == ["Read me", "Hello "]


def test_no_template_has_bare_text() -> None:
    found = {str(path.relative_to(ROOT)): bare_texts(path.read_text()) for path in templates()}
    assert {name: texts for name, texts in found.items() if texts} == {}
