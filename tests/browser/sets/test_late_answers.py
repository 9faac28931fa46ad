"""Test the list of packs on the scripts alone, where answers of the API come late: the API is played here."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser
OPEN = """async () => {
    document.body.innerHTML = "<set-packs><p data-error></p><ul data-plain></ul><ul data-stores></ul></set-packs>";
    await import("/js/elements/sets/set-packs.js");
    const set = { id: "s", name: "Cats", projects: [] };
    const rename = (listener) => { window.rename = (name) => { set.name = name; listener(); }; listener(); };
    document.querySelector("set-packs").attach({ set, subscribe: rename });
}"""


def store(pack: dict[str, Any] | None) -> dict[str, Any]:
    words: dict[str, Any] = {"platform": "slack", "label": "Slack", "stickers": "≥ 1", "missing": [], "pack": pack}
    return words | {"is_plain": False, "wants_author": False}


def pack(status: str) -> dict[str, Any]:
    rest: dict[str, Any] = {"files": [], "checks": [], "missing": [], "error": "It is done."}
    return {"id": "p", "job": "j", "status": status, "progress": {"done": 0, "total": 2}, **rest}


def test_a_list_that_was_read_before_a_pack_was_made_does_not_hide_it(script_page: Page) -> None:
    held: list[Route] = []
    made: list[dict[str, Any]] = []

    def api(route: Route) -> None:
        path = route.request.url.split("/api/v1/")[1]
        if route.request.method == "POST":
            made.append(pack("running"))
            route.fulfill(status=202, json=made[-1])
        elif path == "packs/p/":
            route.fulfill(json=pack("failed"))
        else:
            route.fulfill(json=[store(made[-1] if made else None)])

    script_page.route("http://scripts.test/api/v1/**", api)
    script_page.evaluate(OPEN)
    row = script_page.get_by_test_id("pack-slack")
    expect(row).to_contain_text("Nothing is missing.")
    script_page.route("**/stores/", lambda route: held.append(route), times=1)
    script_page.evaluate("rename('Dogs')")
    row.get_by_role("button", name="Make the ZIP").click()
    expect(row.get_by_role("progressbar")).to_be_visible()
    with script_page.expect_request("**/stores/"):
        held[0].fulfill(json=[store(None)])
    expect(row).to_contain_text("It is done.")
