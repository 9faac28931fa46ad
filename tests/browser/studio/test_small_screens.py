"""The studio on the smallest screens: nothing sticks out, and no two words touch."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, SignIn, assert_fits
from tests.screens.screens import Cast
from tests.stack.product import Person, Product

pytestmark = [pytest.mark.stack, pytest.mark.browser]
SMALLEST: Final = 320
LONG_NAME: Final = "Incomprehensibilities-of-a-very-long-name-without-any-space " * 2
TOO_WIDE: Final = "button => button.scrollWidth - button.clientWidth"


@pytest.fixture(scope="module")
def finished(product: Product, photo: bytes) -> tuple[Person, dict[str, Any]]:
    """Return a person with a finished emoji of a long name."""
    person = product.person()
    project = person.upload(photo, "cat.png", prompt="jump", matte="none", frame_count=4, candidates=2)
    person.finished(project["job"]["id"], seconds=90)
    person.http.patch(f"projects/{project['id']}/", json={"name": LONG_NAME[:100]})
    return person, project


@pytest.fixture(params=["en", "ko"])
def studio(request: pytest.FixtureRequest, sign_in: SignIn, finished: tuple[Person, dict[str, Any]]) -> Page:
    """Open the studio on a phone, in each language."""
    person, project = finished
    phone = {"width": SMALLEST, "height": PHONE["height"]}
    page = sign_in(person, viewport=phone, has_touch=True, is_mobile=True, locale=request.param)
    page.goto(f"/emojis/{project['id']}/")
    page.wait_for_load_state("networkidle")
    return page


def test_each_tab_fits_and_the_words_of_the_tabs_do_too(studio: Page) -> None:
    for tab in studio.get_by_role("tab").all():
        tab.tap()
        assert_fits(studio, SMALLEST, 360, PHONE["width"], 430)
        studio.set_viewport_size({"width": SMALLEST, "height": PHONE["height"]})
        assert [each.evaluate(TOO_WIDE) for each in studio.get_by_role("tab").all()] == [0] * 4


def test_the_menu_of_a_file_stays_on_the_screen(studio: Page) -> None:
    studio.locator("[data-tab=download]").tap()
    card = studio.get_by_test_id("export-slack")
    make = card.locator("[data-make]")
    if make.is_visible():  # it is made in the first language
        make.tap()
    card.locator("details.menu summary").tap(timeout=60_000)
    menu = card.locator("details.menu > div")
    expect(menu).to_be_visible()
    box = menu.bounding_box()
    assert box
    assert box["x"] >= 0 and box["x"] + box["width"] <= SMALLEST


def test_nothing_jumps_while_the_studio_is_loaded(browser: Browser, cast: Cast) -> None:
    context = cast.context(browser, "maker", viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(cast.addresses["studio"])
    page.wait_for_load_state("networkidle")
    shifted = page.evaluate("""() => new Promise((done) => {
      let sum = 0;
      const add = (list) => list.getEntries().forEach(({ value }) => (sum += value));
      new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => done(sum), 300);
    })""")
    context.close()
    assert shifted < 0.1
