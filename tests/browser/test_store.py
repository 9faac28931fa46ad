"""Test the studio's store alone, in Chromium, on the messages that come."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser]
IS_OUTDATED: Final = """async ([first, messages, id]) => {
  const { Store } = await import("/js/live/store.js");
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


def choice(revision: int) -> dict[str, Any]:
    return {"type": "frame", "revision": revision, "frame": frame("other")}


@pytest.mark.parametrize(
    ("messages", "outdated"),
    [
        ([export(2, "queued"), export(3, "running"), export(4, "succeeded")], False),
        ([export(2, "queued"), choice(3), export(4, "running"), export(5, "succeeded")], False),
        ([export(2, "queued"), export(3, "running"), choice(4), export(5, "succeeded")], True),
        ([export(2, "queued"), export(3, "running"), export(4, "succeeded"), choice(5)], True),
    ],
)
def test_an_export_is_outdated_by_a_choice_after_its_start(
    script_page: Page, messages: list[dict[str, Any]], outdated: bool
) -> None:
    first = {
        "revision": 1,
        "project": {"frames": [frame("one")]},
        "exports": [],
        "export_revisions": {},
        "frames_revision": 1,
    }
    assert script_page.evaluate(IS_OUTDATED, [first, messages, "row"]) is outdated
