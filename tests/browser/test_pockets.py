"""Test a hole in a drawing on white: outlined in the studio, opened with a click, and closed again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, SignIn, assert_fits
from tests.stack.product import ROOT, Person

pytestmark = [pytest.mark.stack, pytest.mark.browser]
RING = ROOT / "tests" / "data" / "cases" / "ring.png"


def test_a_hole_is_outlined_opened_and_closed_again(sign_in: SignIn, person: Person) -> None:
    project = person.upload(RING.read_bytes(), "ring.png", prompt="pulse", frame_count=3, size=128, candidates=1)
    person.finished(project["job"]["id"])
    before = [frame["chosen"] for frame in person.get(f"projects/{project['id']}/")["frames"]]
    page = sign_in(person)
    page.goto(f"/emojis/{project['id']}/")
    pockets = page.get_by_test_id("pockets")
    outline, picture = pockets.get_by_role("button", name="Open this hole"), pockets.locator("img")
    inner, outer = outline.bounding_box(), picture.bounding_box()
    assert inner and outer
    invitation = pockets.get_by_text("Click an outline")
    expect(invitation).to_be_visible()
    assert abs(inner["x"] + inner["width"] / 2 - outer["x"] - outer["width"] / 2) < 3
    assert 0.4 < inner["width"] / outer["width"] < 0.55
    outline.click()
    undo = pockets.get_by_role("button", name="Undo the last change to the cutout")
    expect(undo).to_be_enabled(timeout=30_000)
    expect(outline).to_have_count(0)
    expect(invitation).to_be_hidden()
    expect(page.get_by_test_id("candidate-1")).to_have_attribute("aria-pressed", "true")
    undo.click()
    expect(outline).to_be_enabled()
    expect(page.get_by_test_id("candidate-0")).to_have_attribute("aria-pressed", "true")
    assert [frame["chosen"] for frame in person.get(f"projects/{project['id']}/")["frames"]] == before
    assert_fits(page, PHONE["width"], 320)


def test_no_hole_is_outlined_where_nothing_was_keyed(sign_in: SignIn, person: Person, photo: bytes) -> None:
    project = person.upload(photo, prompt="pulse", frame_count=3, candidates=1, matte="none")
    person.finished(project["job"]["id"])
    page = sign_in(person)
    page.goto(f"/emojis/{project['id']}/")
    expect(page.get_by_test_id("status")).to_have_attribute("data-status", "ready")
    expect(page.get_by_test_id("pockets")).to_be_hidden()
