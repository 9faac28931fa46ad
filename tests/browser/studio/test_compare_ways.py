"""Test the three ways to one file size, on the scripts alone: the API is played here."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import assert_accessible
from tests.stack.product import ROOT

pytestmark = pytest.mark.browser
OPEN = """async () => {
    const { compareWays } = await import("/js/elements/studio/exports/compare-ways.js");
    void compareWays({ project: { id: "p" } }, "slack", { prefer: null, ground: "dark", loops: 0 });
}"""
GIVEN_UP = {"smooth": "31 colours instead of 255 colours", "sharp": "6 of 12 frames kept, in the same time"}


def row(prefer: str, status: str) -> dict[str, Any]:
    file = {"url": f"/media/{prefer}", "name": f"{prefer}.webm", "bytes": 120_000, "format": "PNG ZIP"}
    is_done = status == "succeeded"
    steps = [GIVEN_UP[prefer]] if is_done else []
    return {"id": prefer, "status": status, "files": [file] if is_done else [], "steps": steps, "error": "Too much."}


def test_three_ways_are_made_at_once_and_shown_with_what_each_gives_up(script_page: Page) -> None:
    asked = []

    def api(route: Route) -> None:
        if route.request.method == "POST":
            asked.append(json.loads(route.request.post_data or ""))
            return route.fulfill(status=202, json=[row(asked[-1]["options"]["prefer"], "running")])
        prefer = route.request.url.rstrip("/").rpartition("/")[2]
        return route.fulfill(json=row(prefer, "failed" if prefer == "large" else "succeeded"))

    script_page.route("http://scripts.test/api/v1/**", api)
    script_page.evaluate(OPEN)
    columns = script_page.get_by_test_id("ways").locator("article")
    for column, words in zip(columns.all(), (*GIVEN_UP.values(), "Too much."), strict=True):
        expect(column).to_contain_text(words)
    expect(columns.get_by_role("link", name="Download 120 kB")).to_have_count(2)
    for sheet in ("base", "controls", "studio/export"):
        script_page.add_style_tag(path=ROOT / f"static/css/{sheet}.css")
    assert_accessible(script_page)
    assert sorted(body["options"]["prefer"] for body in asked) == ["large", "sharp", "smooth"]
    assert all(body["options"]["ground"] == "dark" and body["platforms"] == ["slack"] for body in asked)
    script_page.get_by_role("button", name="Close").click()
    expect(script_page.get_by_test_id("ways")).to_have_count(0)
