"""My emojis: found by words and filters, renamed in place, deleted and taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, assert_fits
from tests.stack.product import Person, Product

pytestmark = [pytest.mark.stack, pytest.mark.browser]


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


def open_menu(page: Page, name: str) -> None:
    page.locator("emoji-card summary").filter(has_text="More about").and_(
        page.locator(f"emoji-card:has-text('{name}') summary")
    ).click()


def test_emojis_are_found_by_words_and_filters_and_by_tags_once_they_have_some(page: Page) -> None:
    open_menu(page, "Cat")
    page.get_by_role("button", name="Tags Cat").click()
    page.get_by_label("Words to find it by").fill("pet, grey")
    page.keyboard.press("Enter")
    expect(page.locator("emoji-card:has-text('Cat') [data-tags]")).to_have_text("pet, grey")
    page.get_by_role("searchbox").fill("GREY")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("found")).to_contain_text("1 of your emojis fits")
    assert cards(page) == ["Cat"]
    page.get_by_label("Status").select_option("ready")
    expect(page.get_by_test_id("found")).to_contain_text("0 of your emojis fit")
    page.get_by_role("link", name="Show all").click()
    expect(page.get_by_test_id("emoji-card")).to_have_count(3)
    page.get_by_label("Kind of motion").select_option("drawn")
    expect(page.get_by_test_id("found")).to_contain_text("3 of your emojis")
    assert_fits(page, 320, 390, 1440)


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


def test_what_is_deleted_in_the_list_is_gone_in_a_studio_that_is_open(
    page: Page, collector: Person, sign_in: SignIn
) -> None:
    studio = sign_in(collector)
    studio.goto(f"/emojis/{collector.get('projects/')['results'][0]['id']}/")
    open_menu(page, "Tom")
    page.get_by_role("button", name="Delete Tom & Jerry").click()
    expect(studio.get_by_role("heading", name="deleted")).to_be_visible()
