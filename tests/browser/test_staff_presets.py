"""Test how staff make a preset out of another one and publish it, and that people then find it in the gallery."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import READY_MS, SignIn
from tests.polling import until
from tests.stack.product import ROOT, Person, Product

pytestmark = [pytest.mark.stack, pytest.mark.browser]
PRESETS = "/admin/animations/preset/"


@pytest.fixture
def staff(browser: Browser, product: Product) -> Iterator[Page]:
    """Open the admin as staff. An error in the console, a content policy's too, fails the test."""
    name, password = f"staff-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    email = f"{name}@example.com"
    account = {"USERNAME": name, "EMAIL": email, "PASSWORD": password}
    environment = {f"DJANGO_SUPERUSER_{key}": value for key, value in account.items()}
    command = [sys.executable, "manage.py", "createsuperuser", "--noinput"]
    own = os.environ | environment | {"DATA_DIR": str(product.data_dir)}
    subprocess.run(command, cwd=ROOT, env=own, check=True, timeout=60)
    context = browser.new_context(base_url=product.base)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto("/admin/")
    page.locator("input[type=email]").fill(email)
    page.locator("input[type=password]").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{product.base}/admin/")
    yield page
    context.close()
    assert problems == []


def row(page: Page, slug: str) -> int:
    """Return the place of a preset in the list."""
    return page.locator("#result_list .field-slug").all_inner_texts().index(slug)


def load_by(page: Page, button: Locator) -> None:
    """Press what loads another page, and wait for it with its scripts."""
    with page.expect_event("load"):
        button.click()


def run_action(page: Page, name: str, action: str) -> None:
    page.locator("#result_list tr", has_text=name).locator("input.action-select").check()
    page.get_by_label("Action:").select_option(label=action)
    load_by(page, page.get_by_role("button", name="Go"))


def count_in_gallery(page: Page, name: str) -> int:
    page.goto("/new/")
    return page.get_by_role("radio", name=name, exact=True).count()


def test_staff_copy_edit_watch_order_and_publish_a_preset(staff: Page, sign_in: SignIn, person: Person) -> None:
    slug = f"soft-{uuid.uuid4().hex[:8]}"
    name = f"Soft landing {slug[-8:]}"
    staff.goto(PRESETS)
    run_action(staff, "Under water", "Duplicate, unpublished")
    expect(staff.get_by_label("Name:")).to_have_value("Copy of Under water")

    staff.get_by_label("Name:").fill(name)
    staff.get_by_label("Slug:").fill(slug)
    staff.get_by_label("Prompt:").fill("subtle bounce and slow sway")
    expect(staff.locator("output.understood")).to_have_text("subtle bounce and slow sway")
    expect(staff.locator("output.example")).to_contain_text("subtle bounce and slow sway")
    staff.get_by_role("button", name="Read recipe from words").click()
    expect(staff.get_by_label("Recipe:")).to_have_value(re.compile('"bounce".*"sway"', re.DOTALL))
    staff.get_by_role("button", name="Save and continue editing").click()

    preview = staff.locator("preset-preview img")
    expect(staff.locator("preset-preview")).not_to_have_attribute("stale", "", timeout=READY_MS)
    expect(preview).to_have_js_property("naturalWidth", 112)
    visitor = sign_in(person)
    assert count_in_gallery(visitor, name) == 0

    staff.goto(PRESETS)
    before = row(staff, slug)
    position = staff.locator("#result_list tr", has_text=slug).locator("input[name$=position]")
    position.fill(str(int(position.input_value()) - 2))
    staff.locator("input[name=_save]").click()
    expect(staff.get_by_text("was changed successfully")).to_be_visible()
    assert row(staff, slug) == before - 2
    run_action(staff, slug, "Publish: show in the gallery")
    expect(staff.get_by_text("Published: 1.")).to_be_visible()

    assert count_in_gallery(visitor, name) == 1
    visitor.locator(f'label:has(input[value="{slug}"])').scroll_into_view_if_needed()  # previews load when seen
    shown = visitor.locator(f'label:has(input[value="{slug}"]) img')
    expect(shown).to_have_js_property("naturalWidth", 112)
    visitor.get_by_role("radio", name=name, exact=True).check(force=True)
    expect(visitor.get_by_role("radio", name=name, exact=True)).to_be_checked()


def test_an_admin_page_keeps_its_scroll_position_and_focus(staff: Page) -> None:
    staff.set_viewport_size({"width": 1100, "height": 700})
    staff.goto(PRESETS)
    run_action(staff, "Glitch", "Duplicate, unpublished")
    staff.get_by_label("Description:").fill("Another glitch.")
    save = staff.get_by_role("button", name="Save and continue editing")
    save.scroll_into_view_if_needed()
    scrolled = staff.evaluate("scrollY")
    assert scrolled > 0
    load_by(staff, save)
    expect(staff.get_by_text("was changed successfully")).to_be_in_viewport()
    until(lambda: abs(staff.evaluate("scrollY") - scrolled) < 40, 20, "the place where it was")
    expect(save).to_be_focused()

    staff.goto(PRESETS)
    row_of = staff.locator("#result_list tr", has_text="glitch-copy").first
    row_of.locator("input[name$=position]").fill("3")
    row_of.scroll_into_view_if_needed()
    top = row_of.bounding_box()
    staff.locator("input[name=_save]").click()
    expect(staff.get_by_text("was changed successfully")).to_be_visible()
    moved = staff.locator("#result_list tr", has_text="glitch-copy").first
    expect(moved).to_be_in_viewport()
    assert row(staff, "glitch-copy") <= 3
    assert top is not None

    load_by(staff, moved.locator("th a"))
    staff.get_by_label("Prompt:").fill("flurbify")
    load_by(staff, staff.get_by_role("button", name="Save and continue editing"))
    expect(staff.get_by_text("No motion was found in these words")).to_be_in_viewport()
    staff.get_by_label("Prompt:").fill("slow wobble")
    expect(staff.locator(".differs")).to_have_text("The recipe is “glitch”.")
    staff.get_by_role("button", name="Save and continue editing").click()
    expect(staff.get_by_text("The recipe was read from the words: slow wobble.")).to_be_in_viewport()
