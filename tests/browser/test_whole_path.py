"""Test what a person does, from signing up to the download, in a real browser on the whole product."""

from __future__ import annotations

import base64
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, SignIn, assert_fits, expect_ready
from tests.stack.product import PHOTO, Person, Product
from tests.stack.test_main_job import assert_slack_gif

pytestmark = [pytest.mark.stack, pytest.mark.browser]
CAT = PHOTO / "cat.jpg"
CORNERS = """async words => {
    const data = Uint8Array.from(atob(words), letter => letter.charCodeAt(0));
    const decoder = new ImageDecoder({ data, type: "image/gif" });
    await decoder.tracks.ready;
    const { frameCount, repetitionCount } = decoder.tracks.selectedTrack;
    const corners = [];
    for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
        const canvas = new OffscreenCanvas(128, 128).getContext("2d");
        canvas.drawImage((await decoder.decode({ frameIndex })).image, 0, 0);
        for (const [x, y] of [[0, 0], [127, 0], [0, 127], [127, 127]])
            corners.push(canvas.getImageData(x, y, 1, 1).data[3]);
    }
    return { endless: repetitionCount === Infinity, frames: frameCount, corners };
}"""
"""Decode a GIF with Chromium, and read the alphas of each frame's corners."""


def make_emoji(page: Page, motion: str) -> None:
    page.goto("/new/")
    page.get_by_test_id("file").set_input_files(CAT)
    page.get_by_role("radio", name=motion, exact=True).check(force=True)
    page.get_by_test_id("make").click()
    page.wait_for_url("**/emojis/*/")


def test_from_sign_up_to_a_gif_for_slack(browser: Browser, product: Product, tmp_path: Path) -> None:
    page = browser.new_context(base_url=product.base, accept_downloads=True).new_page()
    page.goto("/accounts/signup/")
    page.locator("input[type=email]").fill(f"{uuid.uuid4().hex[:8]}@example.com")
    page.locator("input[type=password]").fill(uuid.uuid4().hex)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{product.base}/")

    make_emoji(page, "Bounce")
    page.evaluate("window.neverReloaded = true")
    expect_ready(page, 12)

    page.get_by_test_id("frame-3").click()
    expect(page.get_by_role("heading", name="Frame 4")).to_be_visible()
    second = page.get_by_test_id("candidate-1")
    second.click()
    expect(second).to_have_attribute("aria-pressed", "true")

    page.get_by_label("Say what should be different").fill("jump higher")
    page.get_by_test_id("retry").click()
    expect(page.get_by_test_id("retry-result")).to_contain_text("Made 2 new versions: choose one", timeout=30_000)
    expect(second).to_have_attribute("aria-pressed", "true")
    redone = page.get_by_test_id("candidate-3")
    expect(redone).to_contain_text("New")
    result, shown = page.get_by_test_id("retry-result"), page.get_by_test_id("retry-result").locator("img")
    pictures = []
    for name in ("Old", "New 2", "New 1"):
        result.get_by_role("button", name=name).click()
        pictures.append(shown.get_attribute("src"))
    assert len(set(pictures)) == 3
    result.get_by_role("button", name="Use this one").press("Enter")
    expect(redone).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("retry-result")).not_to_contain_text("Made")

    card = page.get_by_test_id("export-slack")
    card.get_by_role("button", name="Make file").click()
    with page.expect_download() as download:
        card.get_by_test_id("download").click(timeout=30_000)
    target = tmp_path / download.value.suggested_filename
    download.value.save_as(target)
    assert_slack_gif(target.read_bytes())
    seen = page.evaluate(CORNERS, base64.b64encode(target.read_bytes()).decode())
    assert seen == {"endless": True, "frames": 12, "corners": [0] * 48}
    assert page.evaluate("window.neverReloaded"), "the page was loaded again"
    page.context.close()


def test_a_retry_on_a_phone_shows_what_it_made_and_refuses_words_about_all_frames(
    sign_in: SignIn, finished: tuple[Person, dict[str, Any]]
) -> None:
    person, project = finished
    page = sign_in(person, viewport=PHONE)
    page.goto(f"/emojis/{project['id']}/")
    page.get_by_role("tab", name="Frames").click()
    words = page.get_by_label("Say what should be different")
    words.fill("slower")
    words.press("Enter")
    expect(page.locator("#retry-error")).to_contain_text("about the speed, which all frames have in common")
    words.fill("bigger")
    words.press("Enter")
    expect(page.get_by_test_id("retry-result")).to_contain_text("Made 2 new versions", timeout=30_000)
    expect(page.get_by_test_id("retry-result").get_by_role("button", name="Use this one")).to_be_in_viewport()
    expect(words).to_be_focused()
    expect(page.get_by_test_id("candidate-0")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="As high as the square allows").click()
    expect(page.locator(".tile:has(.new-mark:visible)").first).to_contain_text(
        "“as high as possible”", timeout=30_000
    )
    page.get_by_test_id("retry-result").get_by_role("button", name="Use this one").click()
    expect(page.get_by_test_id("candidate-4")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="As high as the square allows").click()
    expect(page.locator("#retry-error")).to_contain_text("goes no further: the motion is at its limit")


@pytest.fixture(scope="module")
def finished(product: Product, photo: bytes) -> tuple[Person, dict[str, Any]]:
    """Return a person with a finished emoji."""
    person = product.person()
    project = person.upload(photo, prompt="sway", matte="none", frame_count=4, candidates=2)
    person.finished(project["job"]["id"], seconds=90)
    return person, project


@pytest.mark.parametrize("address", ["/", "/new/", "/emojis/{id}/"])
def test_no_page_overflows(sign_in: SignIn, finished: tuple[Person, dict[str, Any]], address: str) -> None:
    person, project = finished
    page = sign_in(person, viewport=PHONE)
    page.goto(address.format(id=project["id"]))
    page.wait_for_load_state("networkidle")
    assert_fits(page, 390, 1280)


def test_a_strangers_emoji_is_not_found(sign_in: SignIn, person: Person, product: Product, photo: bytes) -> None:
    project = person.upload(photo, prompt="sway", start="false")
    page = sign_in(product.person())
    answer = page.goto(f"/emojis/{project['id']}/")
    assert answer is not None
    assert answer.status == 404
