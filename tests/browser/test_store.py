"""The studio's store alone, in Chromium: what it makes of the messages that come."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser]
SCRIPT = Path(__file__).parents[2] / "static" / "js" / "live" / "store.js"
TELL = """async ([script, first, messages, id]) => {
  const { Store } = await import(script);
  const store = new Store(first);
  for (const message of messages) store.apply(message);
  const row = [...store.exports.values()].find((one) => one.id === id);
  return store.isOutdated(row);
}"""


def frame(chosen: str) -> dict[str, Any]:
    return {"id": "frame", "index": 0, "delay_ms": 80, "status": "ready", "chosen": chosen, "candidates": []}


def export(revision: int, status: str) -> dict[str, Any]:
    row = {"id": "row", "platform": "slack", "status": status, "files": [], "checks": [], "created_at": "2026"}
    return {"type": "export", "revision": revision, "export": row}


def swap(revision: int) -> dict[str, Any]:
    return {"type": "frame", "revision": revision, "frame": frame("other")}


@pytest.mark.parametrize(
    ("messages", "outdated"),
    [
        ([export(2, "queued"), export(3, "running"), export(4, "succeeded")], False),
        ([export(2, "queued"), swap(3), export(4, "running"), export(5, "succeeded")], False),
        ([export(2, "queued"), export(3, "running"), swap(4), export(5, "succeeded")], True),
        ([export(2, "queued"), export(3, "running"), export(4, "succeeded"), swap(5)], True),
    ],
)
def test_an_export_is_outdated_by_what_is_swapped_after_it_began(
    browser: Browser, messages: list[dict[str, Any]], outdated: bool
) -> None:
    first = {
        "revision": 1,
        "project": {"frames": [frame("one")]},
        "exports": [],
        "export_revisions": {},
        "frames_revision": 1,
    }
    page = browser.new_page()
    script = f"data:text/javascript;base64,{b64encode(SCRIPT.read_bytes()).decode()}"
    assert page.evaluate(TELL, [script, first, messages, "row"]) is outdated
    page.close()
