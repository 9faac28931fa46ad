"""My emojis: found by words and filters, renamed in place, deleted and taken back."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import SignIn, assert_fits, expect_ready
from tests.browser.late.held import HeldRequests
from tests.polling import until
from tests.stack.product import Person, Product

pytestmark = [pytest.mark.stack, pytest.mark.browser]
PROJECT: Final = "**/api/v1/projects/*/"
CARD: Final = """async () => {
  document.body.innerHTML = `<ul data-trash></ul><p data-trash-error></p>
    <emoji-card data-project="p" data-status="working"><a href="#">Cat<canvas></canvas></a><img>
    <b data-status-text>Drawing</b><b data-name>Cat</b><button data-rename>Rename</button>
    <form class="rename" hidden><input><p data-error></p></form></emoji-card>`;
  await import("/js/pages/home.js");
}"""


@pytest.fixture
def collector(product: Product, photo: bytes) -> Person:
    """Return a person with three emojis that are not drawn."""
    person = product.person()
    for name, prompt in (("Ember", "sway"), ("Cat", "wobble"), ("Tom & Jerry", "bounce")):
        project = person.upload(photo, prompt=prompt, start="false")
        person.http.patch(f"projects/{project['id']}/", json={"name": name})
    return person


@pytest.fixture
def page(sign_in: SignIn, collector: Person) -> Page:
    page = sign_in(collector)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    return page


def cards(page: Page) -> list[str]:
    return page.locator("emoji-card [data-name]").all_inner_texts()


def card(page: Page, name: str) -> Locator:
    return page.locator(f"emoji-card:has([data-name]:text-is('{name}'))")


def open_menu(page: Page, name: str) -> None:
    card(page, name).locator("summary").click()


def test_emojis_are_found_by_words_and_filters_and_by_tags_once_they_have_some(page: Page) -> None:
    open_menu(page, "Cat")
    page.get_by_role("button", name="Tags Cat").click()
    page.get_by_label("Words to find it by").fill("pet, grey")
    page.keyboard.press("Enter")
    expect(card(page, "Cat").locator("[data-tags]")).to_have_text("pet, grey")
    page.get_by_role("searchbox").fill("GREY")
    with page.expect_event("load"):  # the filters are sent by a script
        page.keyboard.press("Enter")
    expect(page.get_by_test_id("found")).to_contain_text("1 of your emojis fits")
    assert cards(page) == ["Cat"]
    with page.expect_event("load"):
        page.get_by_label("Status").select_option("ready")
    expect(page.get_by_test_id("found")).to_contain_text("0 of your emojis fit")
    with page.expect_event("load"):
        page.get_by_role("link", name="Show all").click()
    expect(page.get_by_test_id("emoji-card")).to_have_count(3)
    page.get_by_label("Kind of motion").select_option("drawn")
    expect(page.get_by_test_id("found")).to_contain_text("3 of your emojis")
    assert_fits(page, 320, 390, 1440)
    page.set_viewport_size({"width": 320, "height": 700})
    for target in (page.locator(".brand"), card(page, "Cat").locator("summary")):
        box = target.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44


def test_an_emoji_is_renamed_in_place_with_the_keyboard_and_escape_leaves_it(page: Page, collector: Person) -> None:
    menu = page.get_by_test_id("emoji-card").first.locator("summary")
    expect(menu).to_have_accessible_name("More about Tom & Jerry")
    menu.press("Enter")
    page.get_by_role("button", name="Rename Tom & Jerry").press("Enter")
    field = page.get_by_role("textbox", name="Name", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_value("Tom & Jerry")
    page.keyboard.type("Nobody")
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    expect(menu).to_be_focused()
    expect(menu).to_have_accessible_name("More about Tom & Jerry")

    page.keyboard.press("F2")
    page.keyboard.type("Tom")
    page.keyboard.press("Enter")
    expect(menu).to_have_accessible_name("More about Tom")
    expect(menu).to_be_focused()
    assert [one["name"] for one in collector.get("projects/")["results"]] == ["Tom", "Cat", "Ember"]


def test_a_deleted_emoji_is_taken_back_where_it_was_also_after_a_reload(page: Page, collector: Person) -> None:
    before = cards(page)
    open_menu(page, "Cat")
    page.get_by_role("button", name="Delete Cat").press("Enter")
    undo = page.get_by_role("button", name="Undo the deletion of Cat")
    expect(undo).to_be_focused()
    assert cards(page) == ["Tom & Jerry", "Ember"]
    assert collector.get("projects/")["count"] == 2
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Cat")).to_be_focused()
    expect(undo).to_be_hidden()
    assert cards(page) == before
    assert collector.get("projects/")["count"] == 3

    open_menu(page, "Ember")
    page.get_by_role("button", name="Delete Ember").click()
    expect(page.get_by_test_id("trash")).to_contain_text("“Ember” was deleted.")
    page.reload()
    page.get_by_role("button", name="Undo the deletion of Ember").click()
    expect(page.get_by_test_id("emoji-card")).to_have_count(3)
    expect(page.get_by_test_id("trash")).to_be_empty()
    assert cards(page) == before


def rename(page: Page, name: str, to: str) -> None:
    """Type another name into a card, and leave it to the test to send it."""
    card(page, name).locator("summary").focus()
    page.keyboard.press("F2")
    expect(card(page, name).get_by_role("textbox", name="Name")).to_be_focused()
    page.keyboard.type(to)


def test_a_late_answer_takes_no_focus_from_the_name_that_is_typed_meanwhile(page: Page, collector: Person) -> None:
    changes, deletions = HeldRequests(page, PROJECT, method="PATCH"), HeldRequests(page, PROJECT, method="DELETE")
    rename(page, "Cat", "Kit")
    page.keyboard.press("Enter")
    rename(page, "Ember", "Em")
    changes[0].continue_()
    expect(card(page, "Kit").get_by_role("textbox", name="Name")).to_be_hidden()
    page.keyboard.type("my")
    page.keyboard.press("Escape")
    card(page, "Kit").locator("summary").click()
    page.get_by_role("button", name="Delete Kit").click()
    rename(page, "Ember", "Amb")
    deletions[0].continue_()
    expect(page.get_by_test_id("trash")).to_contain_text("“Kit” was deleted.")
    page.keyboard.type("er")
    page.keyboard.press("Enter")
    changes[1].continue_()
    expect(card(page, "Amber")).to_be_visible()
    assert {one["name"] for one in collector.get("projects/")["results"]} == {"Tom & Jerry", "Amber"}


def test_a_late_answer_does_not_close_the_dialog_of_another_emoji(page: Page) -> None:
    held = HeldRequests(page, PROJECT, method="PATCH")
    words = page.get_by_label("Words to find it by")
    for name, text in (("Cat", "pet"), ("Ember", "fire")):
        open_menu(page, name)
        page.get_by_role("button", name=f"Tags {name}").click()
        words.fill(text)
        if name == "Cat":
            words.press("Enter")
            page.keyboard.press("Escape")
            expect(words).to_be_hidden()
    held[0].continue_()
    expect(card(page, "Cat").locator("[data-tags]")).to_have_text("pet")
    expect(page.get_by_role("button", name="Save")).to_be_enabled()
    expect(words).to_have_value("fire")
    words.press("Enter")
    held[1].fulfill(status=503, json={})
    expect(page.locator("dialog [data-error]").first).not_to_be_empty()
    words.press("Enter")
    page.keyboard.press("Escape")
    held[2].fulfill(status=503, json={})
    expect(page.locator("[data-trash-error]")).not_to_be_empty()


def test_of_several_deleted_emojis_each_is_taken_back_where_it_was(page: Page) -> None:
    before = cards(page)
    for name in before[:2]:
        open_menu(page, name)
        page.get_by_role("button", name=f"Delete {name}").click()
        expect(page.get_by_role("button", name=f"Undo the deletion of {name}")).to_be_focused()
    page.get_by_role("button", name=f"Undo the deletion of {before[0]}").click()
    expect(page.get_by_role("link", name=before[0])).to_be_focused()
    assert cards(page) == [before[0], before[2]]
    page.get_by_role("button", name=f"Undo the deletion of {before[1]}").click()
    expect(page.get_by_role("link", name=before[1])).to_be_focused()
    assert cards(page) == before


def test_a_card_says_how_the_drawing_ended_and_then_plays_what_is_there(script_page: Page) -> None:
    page = script_page
    page.clock.install()
    row = {"id": "p", "status": "partial", "thumbnail_url": None}
    page.route("**/api/v1/projects/", lambda route: route.fulfill(json={"results": [row]}))
    reads = HeldRequests(page, "**/api/v1/projects/p/")
    page.evaluate(CARD)
    page.locator("emoji-card").hover()
    reads[0].fulfill(json={"frames": []})
    page.clock.run_for(3000)
    expect(page.locator("[data-status-text]")).to_have_text("Some frames failed ·")
    reads[1].fulfill(json={"frames": []})


def test_what_is_deleted_in_the_list_is_gone_in_a_studio_that_is_open(
    page: Page, collector: Person, sign_in: SignIn
) -> None:
    studio = sign_in(collector)
    studio.goto(f"/emojis/{collector.get('projects/')['results'][0]['id']}/")
    open_menu(page, "Tom & Jerry")
    page.get_by_role("button", name="Delete Tom & Jerry").click()
    expect(studio.get_by_role("heading", name="deleted")).to_be_visible()


def test_an_emoji_is_copied_and_its_picture_gets_another_motion_without_another_call(
    sign_in: SignIn, product: Product, photo: bytes
) -> None:
    person = product.person()
    project = person.upload(photo, name="cat.png", prompt="sway", frame_count=2, candidates=1)
    person.finished(project["job"]["id"], seconds=90)
    calls = person.get("usage/")["calls"]
    page = sign_in(person)
    page.goto("/")
    open_menu(page, "cat, sway")
    page.get_by_role("button", name="Duplicate cat, sway").click()
    page.wait_for_url("**/emojis/**")
    expect(page.get_by_label("Name of this emoji")).to_have_value("cat, sway copy")
    expect_ready(page, 2)
    copy = page.url
    page.get_by_test_id("studio-menu").locator("summary").click()
    page.get_by_role("button", name="Make a copy").click()
    page.wait_for_url(lambda url: url != copy)
    expect(page.get_by_label("Name of this emoji")).not_to_have_value("cat, sway copy")

    page.goto("/")
    open_menu(page, "cat, sway copy")
    page.get_by_role("link", name="New motion cat, sway copy").click()
    expect(page.get_by_alt_text("The chosen picture")).not_to_have_js_property("naturalWidth", 0)
    page.get_by_label("Describe it").fill("wobble")
    page.get_by_test_id("make").click()
    page.wait_for_url("**/emojis/**")
    expect_ready(page, 12)
    assert person.get("usage/")["calls"] == calls


def test_a_stranger_sees_a_shared_emoji_until_its_link_is_revoked(
    sign_in: SignIn, browser: Browser, product: Product, photo: bytes
) -> None:
    person = product.person()
    project = person.upload(photo, name="cat.png", prompt="sway", matte="none", frame_count=2, candidates=1)
    person.finished(project["job"]["id"], seconds=90)
    page = sign_in(person)
    page.goto("/")
    open_menu(page, "cat, sway")
    held = HeldRequests(page, "**/share/", times=1)  # whether it is shared; answered last
    page.get_by_role("button", name="Share cat, sway").click()
    page.get_by_role("button", name="New link").click()
    link = page.get_by_label("The link")
    expect(link).to_be_visible()
    first = held[0]
    with page.expect_response(lambda answer: answer.request == first.request):
        first.fulfill(status=404, json={"errors": []})
    page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(link).to_be_visible()
    stranger = browser.new_page()
    answer = stranger.goto(link.input_value())
    assert answer
    assert answer.headers["referrer-policy"] == "no-referrer"
    expect(stranger.get_by_role("heading", name="cat, sway")).to_be_visible()
    drawn = "one => one.getContext('2d').getImageData(0, 0, one.width, one.height).data.some(value => value > 0)"
    until(lambda: stranger.get_by_test_id("loop").evaluate(drawn), 20, "the loop")
    assert_fits(stranger, 320, 1440)
    page.get_by_role("button", name="Close").click()
    page.goto(f"/emojis/{project['id']}/")
    menu = page.get_by_test_id("studio-menu").locator("summary")
    menu.click()
    page.get_by_role("button", name="Share a link").click()
    expect(link).to_be_visible()
    page.get_by_role("button", name="Stop sharing").click()
    expect(link).to_be_hidden()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    gone = stranger.reload()
    assert gone
    assert gone.status == 404
    stranger.close()
