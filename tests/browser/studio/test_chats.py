"""Test the studio's chats: they play the file itself, say that it is older than the frames, and what is wrong."""

from __future__ import annotations

import io
import re
from typing import Any, Final

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.conftest import READY_MS, SignIn, assert_fits
from tests.browser.late.held import HeldRequests
from tests.polling import until
from tests.stack.product import Product

pytestmark = [pytest.mark.browser]
FILE: Final = re.compile(r"/media/exports/\d+/\?inline=1$")
SIZES: Final = """() => [...document.querySelectorAll(".chat")].map((chat) =>
  [...chat.querySelectorAll(".emoji img")].map((image) => image.clientWidth).filter(Boolean).sort((a, b) => a - b))"""
OPAQUE: Final = """() => {
  const canvas = document.querySelector(".chat.light .emoji canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, at) => at % 4 === 3 && value > 128).length;
}"""
SLOWER: Final = """async ([appearance, delays]) => {
  document.body.innerHTML = `<timeline-tools data-limits="2 60 20 1000"></timeline-tools><div id="chats">
    <div data-finding="faint"><p data-text></p><button data-do="outline"></button></div>
    <div data-finding="flashes"><p data-text></p><button data-do="slower"></button></div>
    <figure class="still" hidden><canvas></canvas></figure><p data-error></p></div>`;
  const { Findings } = await import("/js/elements/studio/chats/findings.js");
  const arranged = [];
  const places = delays.map((delay_ms, index) => ({ frame: String(index), delay_ms }));
  const timeline = { places, arrange: async (places) => arranged.push(places) };
  const findings = new Findings(document.querySelector("#chats"), {}, timeline);
  findings.show({ appearance }, document.createElement("canvas"));
  const button = document.querySelector("[data-do=slower]");
  const text = document.querySelector("[data-finding=flashes] [data-text]").textContent;
  if (!button.hidden) button.click();
  await new Promise((resolve) => setTimeout(resolve, 20));
  return [text, button.hidden, arranged.map((places) => places.map(({ delay_ms }) => delay_ms))];
}"""


def white_ghost() -> bytes:
    """Draw a white shape with dark eyes on nothing: a light chat swallows it."""
    picture = Image.new("RGBA", (256, 256))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((40, 20, 216, 236), (247, 246, 245, 255))
    for x in (98, 140):
        pen.ellipse((x, 90, x + 18, 118), (40, 40, 60, 255))
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


def shown_file(page: Page) -> str:
    return page.locator(".chat.light .emoji img").first.get_attribute("src") or ""


def expect_file(page: Page) -> str:
    """Wait until the chats play a file, at every size and with what is found in it; return its address."""
    expect(page.get_by_test_id("chats")).to_have_attribute("data-state", "file", timeout=READY_MS)
    expect(page.locator(".chat.light .emoji img").first).to_have_attribute("src", FILE)
    assert page.evaluate(SIZES) == [[16, 20, 22, 32, 64, 128]] * 3
    expect(page.get_by_test_id("still")).to_be_visible()
    expect(page.get_by_test_id("flashes")).to_contain_text(re.compile("safe|not flash"))
    return shown_file(page)


def add_outline(page: Page, plain: str) -> None:
    """Add the outline that is offered, and wait until its file takes the place of the `plain` one."""
    chats = page.get_by_test_id("chats")
    expect(page.get_by_test_id("faint")).to_contain_text("hard to make out on light chats")
    held = HeldRequests(page, "**/previews/", times=1)
    page.get_by_role("button", name="Add an outline").click()
    request = held[0]
    expect(chats).to_have_attribute("data-state", "outdated")
    expect(chats).to_contain_text("from before your last change")
    expect(page.locator(".chat.light .emoji img").first).to_be_hidden()
    request.continue_()
    expect(chats).to_have_attribute("data-state", "file", timeout=READY_MS)
    outlined = shown_file(page)
    assert FILE.search(outlined) and outlined != plain
    expect(page.get_by_test_id("faint")).to_be_hidden()


def show_other_platforms(page: Page, plain: str) -> None:
    """Show the files of other platforms in place of the `plain` one, on every screen."""
    chats = page.get_by_test_id("chats")
    chats.get_by_label("Shown as in").select_option("Discord emoji")
    expect(page.get_by_role("button", name="Download for Discord", exact=True)).to_be_visible()
    expect(page.locator(".chat.light .emoji img").first).not_to_have_attribute("src", plain)
    expect(chats).to_have_attribute("data-state", "file", timeout=READY_MS)
    assert_fits(page, 320, 390, 820, 1440)
    page.set_viewport_size({"width": 320, "height": 844})
    message = page.locator(".chat.light .message").first.bounding_box()
    assert message and message["width"] > 80, "a message is squeezed into a column of letters"

    chats.get_by_label("Shown as in").select_option("Telegram emoji")
    expect(chats).to_contain_text("The file itself")
    until(lambda: page.evaluate(OPAQUE) > 0, 20, "a video that is drawn like any other file")
    chats.get_by_label("Shown as in").select_option("PNG frames in a ZIP")
    expect(chats).to_contain_text("the file is a ZIP of them")


@pytest.mark.stack
def test_chats_play_the_file_and_an_outline_is_one_tap_and_undone(sign_in: SignIn, product: Product) -> None:
    person = product.person()
    project = person.upload(white_ghost(), prompt="bounce", matte="none", frame_count=4, candidates=1, size=128)
    person.finished(project["job"]["id"], seconds=90)
    page = sign_in(person)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/previews/") else None)
    page.goto(f"/emojis/{project['id']}/")
    page.locator(".chat.wallpaper").scroll_into_view_if_needed()
    plain = expect_file(page)
    assert person.file(plain).startswith(b"GIF89a")
    assert len(asked) == 1
    add_outline(page, plain)
    assert len(asked) == 2
    page.locator("timeline-tools [data-do=undo]").click()
    expect(page.locator(".chat.light .emoji img").first).to_have_attribute("src", re.compile(re.escape(plain)))
    assert person.get(f"projects/{project['id']}/")["finish"]["outline"] is None

    assert person.get(f"projects/{project['id']}/exports/")["count"] == 0
    page.get_by_role("button", name="Download for Slack", exact=True).click()
    expect(page.get_by_test_id("quick-download")).to_contain_text("Saved")
    exports: list[dict[str, Any]] = person.get(f"projects/{project['id']}/exports/")["results"]
    assert [f"{row['files'][0]['url']}?inline=1" for row in exports] == [plain], "the file that was looked at"
    show_other_platforms(page, plain)


@pytest.mark.parametrize(
    ("flashes", "slow_down", "text", "delays"),
    [
        (2, None, "Flashes: 2 a second at most. Up to 3 are safe.", []),
        (0, None, "It does not flash.", []),
        (
            8,
            3.0,
            "Flashes 8 times a second. More than 3 can cause seizures. “Soften” makes the loop 3 times as long.",
            [[180, 240]],
        ),
    ],
)
def test_a_loop_that_flashes_too_often_is_slowed_down_by_one_tap(
    script_page: Page, flashes: int, slow_down: float | None, text: str, delays: list[list[int]]
) -> None:
    appearance: dict[str, Any] = {
        "faint_on": [],
        "outline": None,
        "flashes": flashes,
        "red_flashes": 0,
        "slow_down": slow_down,
    }
    assert script_page.evaluate(SLOWER, [appearance, [60, 80]]) == [text, slow_down is None, delays]
