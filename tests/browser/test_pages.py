"""Test the pages with a keyboard, on small screens, and by the names that screen readers speak."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, SignIn, assert_fits
from tests.browser.images import animation, ball, blank
from tests.stack.product import Person, Product

pytestmark = [pytest.mark.stack, pytest.mark.browser]
CASES = Path(__file__).parents[1] / "data" / "cases"
FOCUSED = """() => {
    const one = document.activeElement, bar = document.querySelector("dialog[open] .sticky, .submit-bar");
    if (one === document.body || bar.contains(one) || one.closest("footer")) return null; // the bar ends above that
    const [box, edge] = [one.getBoundingClientRect(), bar.getBoundingClientRect()];
    const hidden = box.height > edge.top ? 0 : Math.max(box.bottom - edge.top, -box.top);
    return { name: one.outerHTML.slice(0, 90), hidden: Math.round(hidden) };
}"""
"""Measure how far (px) the focused element lies below the sticky bar, or above the screen."""
NAMES = """() => [...document.querySelectorAll("button, a[href], summary")].flatMap(one =>
    one.checkVisibility() ? [one.getAttribute("aria-label") ?? one.textContent.replace(/\\s+/g, " ").trim()] : [])"""
DRAG = """one => {
    const dragged = new DataTransfer();
    one.dispatchEvent(new DragEvent("dragstart", { bubbles: true, dataTransfer: dragged }));
    return dragged.getData("DownloadURL");
}"""
COPIED = "async () => (await navigator.clipboard.read()).flatMap(one => [...one.types])"
GAPS = """() => [...document.querySelectorAll(".message img.big")].map(one =>
    one.getBoundingClientRect().top - one.parentElement.querySelector("b").getBoundingClientRect().bottom)"""


@pytest.fixture(scope="module")
def finished(product: Product, photo: bytes) -> tuple[Person, str]:
    """Return a person with a finished emoji of 6 frames in 3 versions, and its address."""
    person = product.person()
    project = person.upload(photo, prompt="sway", matte="none", frame_count=6, candidates=3)
    person.finished(project["job"]["id"], seconds=90)
    return person, f"/emojis/{project['id']}/"


def load(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")


def hidden_after_tabs(page: Page, presses: int) -> list[dict[str, Any]]:
    """Press Tab, and list the focused elements that were not wholly visible."""
    hidden = []
    for _ in range(presses):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at and at["hidden"] > 0:
            hidden.append(at)
    return hidden


def test_the_focused_element_is_visible_above_the_sticky_bar(sign_in: SignIn, finished: tuple[Person, str]) -> None:
    person, studio = finished
    page = sign_in(person, viewport=PHONE, reduced_motion="reduce")
    load(page, "/new/")
    page.get_by_text("More choices").click()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    assert hidden_after_tabs(page, 26) == []
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    load(page, studio)
    page.get_by_role("button", name="Change the motion").click()
    page.get_by_text("More choices").click()
    assert hidden_after_tabs(page, 16) == []


def test_the_studio_loads_each_picture_once_and_previews_when_they_are_shown(
    sign_in: SignIn, finished: tuple[Person, str]
) -> None:
    person, studio = finished
    page = sign_in(person)
    requests: Counter[str] = Counter()
    page.on("request", lambda request: requests.update([request.url]))
    load(page, studio)

    def pictures() -> list[int]:
        return [count for url, count in requests.items() if "/media/candidates/" in url]

    def until_there(count: int) -> None:
        limit = time.monotonic() + 20
        while len(pictures()) < count and time.monotonic() < limit:
            page.wait_for_timeout(50)

    until_there(6 + 2)
    assert pictures() == (6 + 2) * [1]  # the loop's frames, and a still of each of the two other versions
    page.get_by_test_id("versions").scroll_into_view_if_needed()
    until_there(12)
    assert pictures() == 12 * [1]  # half of the frames of the two other versions
    assert not any("retry-box" in url or "motion-picker" in url for url in requests)
    assert not any("/media/presets/" in url for url in requests)
    with page.expect_request(re.compile("/media/presets/")):
        page.get_by_role("button", name="Change the motion").click()


def test_the_studio_keeps_the_focus_and_gives_each_control_its_own_name(
    sign_in: SignIn, finished: tuple[Person, str]
) -> None:
    person, studio = finished
    page = sign_in(person)
    load(page, studio)
    names = Counter(page.evaluate(NAMES))
    assert {name: count for name, count in names.items() if count > 1} == {}
    card = page.get_by_test_id("export-slack")
    page.get_by_label("Plays").select_option("2")
    make = card.get_by_role("button", name="Make file for Slack")
    make.focus()
    page.keyboard.press("Enter")
    expect(card.get_by_test_id("download")).to_be_visible(timeout=30_000)
    expect(card.get_by_role("link", name="for Slack")).to_be_focused()
    page.get_by_label("Plays").select_option("0")
    expect(card.get_by_role("button", name="Make again for Slack")).to_be_visible()
    expect(card).to_contain_text("plays for ever: Slack emoji takes nothing else")
    expect(page.get_by_test_id("export-telegram_sticker")).to_be_hidden()
    page.get_by_text("Stickers", exact=True).click()
    expect(page.get_by_test_id("export-telegram_sticker")).to_be_visible()

    version = page.get_by_test_id("versions").get_by_role("button", name="Version B")
    version.focus()
    page.keyboard.press("Enter")
    expect(version).to_have_attribute("aria-pressed", "true")
    expect(version).to_be_focused()
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))


def test_a_finished_file_is_dragged_out_copied_and_opened_on_another_device(
    sign_in: SignIn, finished: tuple[Person, str]
) -> None:
    person, studio = finished
    page = sign_in(person, permissions=["clipboard-read", "clipboard-write"])
    load(page, studio)
    card = page.get_by_test_id("export-discord_emoji")
    card.get_by_role("button", name="Make file").click()
    link = card.get_by_test_id("download")
    expect(link).to_be_visible(timeout=30_000)
    menu = card.get_by_label("More about the file for Discord emoji")
    menu.click()
    url = urljoin(page.url, link.get_attribute("href") or "")
    for dragged in (link, card.locator("motion-preview img")):
        assert dragged.evaluate(DRAG) == f"application/octet-stream:{link.get_attribute('download')}:{url}"
    card.get_by_role("button", name="Copy the picture").click()
    expect(card).to_contain_text("Copied as a still picture.")
    assert page.evaluate(COPIED) == ["image/png"]
    menu.click()
    card.get_by_role("button", name="Open on another device").click()
    dialog = page.get_by_test_id("device-link")
    expect(dialog.get_by_alt_text("QR code")).not_to_have_js_property("naturalWidth", 0)
    elsewhere = httpx.get(dialog.get_by_label("The link").input_value())
    assert (elsewhere.status_code, elsewhere.content[:4]) == (200, b"GIF8")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(menu).to_be_focused()


def test_the_viewer_shows_the_candidate_that_is_chosen_and_names_its_frame(
    sign_in: SignIn, finished: tuple[Person, str]
) -> None:
    person, studio = finished
    page = sign_in(person)
    load(page, studio)
    viewer = page.get_by_role("group", name="Before and after Frame 4")
    page.get_by_test_id("frame-3").click()
    expect(viewer).to_contain_text("frame 4 as it was drawn")
    for ordinal in (1, 2):
        tile = page.get_by_test_id(f"candidate-{ordinal}")
        tile.click()
        for side in ("Matte", "Cutout"):
            viewer.get_by_role("button", name=side).click()
            address = re.compile(f"/media/candidates/{tile.get_attribute('data-candidate')}/")
            expect(viewer.locator("[data-after]")).to_have_attribute("src", address)


def test_failures_of_one_kind_are_listed_once_and_fixed_together(sign_in: SignIn, person: Person) -> None:
    frames = [ball(0), blank(), ball(2), blank(), ball(4), blank()]
    project = person.upload(animation(frames), matte="white")
    person.finished(project["job"]["id"], seconds=90)
    page = sign_in(person)
    load(page, f"/emojis/{project['id']}/")
    failures = page.get_by_role("group", name="Frames that failed")
    expect(failures.get_by_role("listitem")).to_have_count(1)
    expect(failures.get_by_text("No subject was found in this frame.")).to_have_count(1)
    failures.get_by_role("button", name="Frame 4").click()
    expect(page.get_by_role("heading", name="Frame 4", exact=True)).to_be_visible()
    assert_fits(page, 320)
    expect(page.get_by_role("tab", name="Frames")).to_have_attribute("aria-selected", "true")
    expect(failures).to_be_visible()
    page.get_by_role("tab", name="Frames").click()
    expect(failures.get_by_role("button", name="Cut these 3 frames out with: rembg")).to_be_visible()
    expect(failures.get_by_role("link", name="Another clip")).to_be_visible()
    failures.get_by_role("button", name="Keep the background of these 3 frames").press("Enter")
    expect(failures).to_be_hidden()
    expect(page.get_by_test_id("frame-1")).to_be_focused()
    expect(page.get_by_test_id("status")).to_have_attribute("data-status", "ready")


def test_a_file_that_the_browser_cannot_show_leaves_no_empty_box(sign_in: SignIn, person: Person) -> None:
    page = sign_in(person)
    page.goto("/new/")
    no_preview = page.get_by_test_id("no-preview")
    for name, is_shown in (("p3-nclx.heic", False), ("still.avif", True)):
        page.get_by_test_id("file").set_input_files(CASES / name)
        expect(page.locator(".chosen [data-name]")).to_have_text(name)
        expect(no_preview).to_be_visible(visible=not is_shown)
        expect(page.get_by_alt_text("The chosen picture")).to_be_visible(visible=is_shown)


def test_nothing_overflows_on_the_smallest_screens(
    sign_in: SignIn, browser: Browser, finished: tuple[Person, str], product: Product
) -> None:
    person, studio = finished
    page = sign_in(person)
    for address in ("/", "/new/", studio, "/accounts/email/"):
        load(page, address)
        assert_fits(page, 320)
    page.context.clear_cookies()
    for address in ("/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"):
        load(page, address)
        assert_fits(page, 320)


def test_the_mascot_of_the_front_page_covers_no_name(browser: Browser, product: Product) -> None:
    page = browser.new_page(base_url=product.base)
    load(page, "/")
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for part in range(10):
            page.evaluate(
                "part => document.getAnimations().forEach(one => { one.pause();"
                " one.currentTime = one.effect.getComputedTiming().duration * part / 10; })",
                part,
            )
            gaps = page.evaluate(GAPS)
            assert min(gaps) >= 0, (width, part, gaps)
    page.close()


def test_new_versions_of_the_same_words_are_numbered_and_marked_as_new(
    sign_in: SignIn, person: Person, photo: bytes
) -> None:
    project = person.upload(photo, prompt="sway", matte="none", frame_count=2, candidates=1)
    person.finished(project["job"]["id"], seconds=90)
    page = sign_in(person, viewport=PHONE)
    load(page, f"/emojis/{project['id']}/")
    page.get_by_role("tab", name="Frames").click()
    page.get_by_label("Say what should be different").fill("stronger")
    page.get_by_test_id("retry").click()
    expect(page.get_by_test_id("retry-result")).to_contain_text("Made 2 new versions", timeout=30_000)
    new = page.locator(".tile:has(.new-mark:visible)")
    expect(new.locator(".caption")).to_have_text(["1. “stronger”", "2. “stronger”"])
    for tile in new.all():
        own, mark = tile.bounding_box(), tile.locator(".new-mark").bounding_box()
        assert own and mark and own["x"] <= mark["x"]


def test_the_header_and_the_drop_zone_have_room_on_phones(sign_in: SignIn, person: Person) -> None:
    page = sign_in(person)
    load(page, "/new/")
    page.set_viewport_size({"width": 320, "height": 640})
    zone = page.locator(".zone")
    assert zone.evaluate("one => one.scrollHeight - one.clientHeight") <= 0
    box, invitation = zone.bounding_box(), page.locator(".invitation").bounding_box()
    assert box and invitation
    assert box["y"] + box["height"] - invitation["y"] - invitation["height"] >= 12
    load(page, "/")
    for width in (320, 361, 375, 390):
        page.set_viewport_size({"width": width, "height": 640})
        brand, nav = page.locator(".brand").bounding_box(), page.locator(".bar nav").bounding_box()
        assert brand and nav
        assert brand["x"] + brand["width"] + 8 <= nav["x"], width
