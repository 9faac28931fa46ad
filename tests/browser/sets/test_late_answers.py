"""Test the list of packs on the scripts alone, where answers of the API come late: the API is played here."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.late.held import HeldRequests

pytestmark = pytest.mark.browser
OPEN = """async () => {
    document.body.innerHTML = "<set-packs><p data-error></p><ul data-plain></ul><ul data-stores></ul></set-packs>";
    await import("/js/elements/sets/set-packs.js");
    const set = { id: "s", name: "Cats", projects: [] };
    const rename = (listener) => { window.rename = (name) => { set.name = name; listener(); }; listener(); };
    document.querySelector("set-packs").attach({ set, subscribe: rename });
}"""

CHANGES: Final = """async ([steps, statuses]) => {
  const { SetStore } = await import("/js/sets/set-store.js");
  const rows = (ids) => [...ids].map((id) => ({ id, status: "ready" }));
  const server = { id: "s", name: "Cats", cover: null, projects: rows("abc") };
  globalThis.fetch = async (url, { body }) => {
    const { projects, ...rest } = JSON.parse(body);
    const status = statuses.shift();
    if (status === 200) Object.assign(server, rest, projects && { projects: rows(projects) });
    return new Response(JSON.stringify(server), { status });
  };
  const store = new SetStore({ ...server });
  const act = (step) => (step === "undo" ? store.undo() : store.change({ projects: [...step] }));
  for (const step of steps) await Promise.allSettled(step.split(" ").map(act));
  return [store.order.join(""), store.canUndo];
}"""

DIALOG: Final = """<dialog id="pack"><form method="dialog"><b data-store></b><input name="title" aria-label="Title">
  <input name="author"><p data-error></p><button type="button" data-close>Close</button>
  <button type="submit">Make</button></form></dialog>"""


def store(pack: dict[str, Any] | None) -> dict[str, Any]:
    words: dict[str, Any] = {"platform": "slack", "label": "Slack", "stickers": "≥ 1", "missing": [], "pack": pack}
    return words | {"is_plain": False, "wants_author": False}


def pack(status: str) -> dict[str, Any]:
    rest: dict[str, Any] = {"files": [], "checks": [], "missing": [], "error": "It is done."}
    return {"id": "p", "job": "j", "status": status, "progress": {"done": 0, "total": 2}, **rest}


def test_a_list_that_was_read_before_a_pack_was_made_does_not_hide_it(script_page: Page) -> None:
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
    held = HeldRequests(script_page, "**/stores/", times=1)
    script_page.evaluate("rename('Dogs')")
    row.get_by_role("button", name="Make the ZIP").click()
    expect(row.get_by_role("progressbar")).to_be_visible()
    with script_page.expect_request("**/stores/"):
        held[0].fulfill(json=[store(None)])
    expect(row).to_contain_text("It is done.")


@pytest.mark.parametrize(
    ("steps", "statuses", "order", "can_undo"),
    [
        (["bca", "undo"], [200, 200], "abc", False),
        (["bca", "undo"], [200, 503], "bca", True),
        (["bca", "undo", "undo"], [200, 503, 200], "abc", False),
        (["bca cab"], [503, 503], "abc", False),
        (["bca cab"], [200, 503], "bca", True),
    ],
)
def test_a_change_of_a_set_that_is_refused_leaves_what_is_saved_and_can_be_undone(
    script_page: Page, steps: list[str], statuses: list[int], order: str, can_undo: bool
) -> None:
    assert script_page.evaluate(CHANGES, [steps, statuses]) == [order, can_undo]


def test_a_pack_that_is_made_late_does_not_close_the_dialog_of_another_store(script_page: Page) -> None:
    rows = [store(None) | {"platform": name, "label": name, "wants_author": True} for name in ("line", "signal")]
    script_page.route("**/stores/", lambda route: route.fulfill(json=rows))
    held = HeldRequests(script_page, "**/packs/")
    script_page.evaluate(OPEN)
    script_page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", DIALOG)
    script_page.get_by_test_id("pack-line").get_by_role("button").click()
    script_page.get_by_label("Title").press("Enter")
    script_page.keyboard.press("Escape")
    script_page.get_by_test_id("pack-signal").get_by_role("button").click()
    script_page.get_by_label("Title").fill("Dogs")
    held[0].fulfill(status=202, json=pack("succeeded"))
    expect(script_page.locator("[aria-disabled]")).to_have_count(0)
    expect(script_page.get_by_test_id("pack-line").get_by_role("button")).to_have_count(1)
    expect(script_page.get_by_label("Title")).to_be_visible()
    expect(script_page.get_by_label("Title")).to_have_value("Dogs")
