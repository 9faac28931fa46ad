"""Every screen that people see, as data: who looks, where, and what they do there first, in any language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.stack.product import PHOTO, Person, Product

EMOJIS: Final = (("cat.jpg", "bounce", 12, 3), ("ember.jpg", "gentle sway", 6, 1), ("cactus.jpg", "party", 6, 1))
"""Picture, motion, frames, candidates. The first is the one in the studio."""
Prepare = Callable[[Page], None]


def as_it_opens(page: Page) -> None:
    """Change nothing."""


def on_tab(page: Page, name: str) -> None:
    """Choose the studio's tab of this name, where the screen is so small that it has tabs."""
    tab = page.locator(f"[data-tab={name}]")
    if tab.is_visible():
        tab.click()


def a_frame(page: Page) -> None:
    on_tab(page, "frames")
    page.get_by_test_id("frame-3").click()
    fine_tune = page.get_by_test_id("fine-tune")
    if fine_tune.get_attribute("aria-expanded") == "false":
        fine_tune.click()


def the_cut_out(page: Page) -> None:
    on_tab(page, "edge")
    page.get_by_test_id("edit-cutout").click()
    expect(page.get_by_test_id("editor-surface")).to_be_visible()


def the_finish(page: Page) -> None:
    on_tab(page, "edge")
    page.get_by_test_id("edit-finish").click()
    expect(page.get_by_test_id("finish-surface")).to_be_visible()
    page.get_by_test_id("finish").locator("[data-tool=outline]").click()


def several_motions(page: Page) -> None:
    page.locator("[data-several]").check()
    for box in page.locator("[name=preset]").all()[:4]:
        box.check()


def another_motion(page: Page) -> None:
    page.get_by_test_id("change-motion").click()


def a_link_to_share(page: Page) -> None:
    page.get_by_test_id("studio-menu").locator("summary").click()
    page.locator("[data-share-link]").click()
    expect(page.locator("#share-url")).to_be_visible()


def wrong_words(page: Page) -> None:
    page.locator("input[type=email]").fill("nobody@example.com")
    page.locator("input[type=password]").fill("not the password")
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state("networkidle")


@dataclass(frozen=True)
class Screen:
    """What a page looks like. `path` may name `{studio}` and `{shared}`; `who` is a key of `Cast.people`."""

    name: str
    path: str
    who: str | None = "maker"
    prepare: Prepare = field(default=as_it_opens)


SCREENS: Final = (
    Screen("landing", "/", who=None),
    Screen("sign-up", "/accounts/signup/", who=None),
    Screen("log-in-refused", "/accounts/login/", who=None, prepare=wrong_words),
    Screen("forgotten-password", "/accounts/password/reset/", who=None),
    Screen("not-found", "/nowhere/", who=None),
    Screen("shared", "{shared}", who=None),
    Screen("my-emojis-empty", "/", who="newcomer"),
    Screen("my-emojis", "/"),
    Screen("new", "/new/"),
    Screen("new-several", "/new/", prepare=several_motions),
    Screen("set", "{set}"),
    Screen("studio", "{studio}"),
    Screen("studio-frame", "{studio}", prepare=a_frame),
    Screen("studio-cut-out", "{studio}", prepare=the_cut_out),
    Screen("studio-finish", "{studio}", prepare=the_finish),
    Screen("studio-change-motion", "{studio}", prepare=another_motion),
    Screen("studio-share", "{studio}", prepare=a_link_to_share),
    Screen("account", "/accounts/email/"),
)


class Cast:
    """Two people of a running product: one has three finished emoji, one of them shared; the other has nothing."""

    def __init__(self, product: Product) -> None:
        self.base = product.base
        maker = product.person()
        self.people = {"maker": maker, "newcomer": product.person()}
        projects = [self._make(maker, *emoji) for emoji in EMOJIS]
        for project in projects:
            maker.finished(project["job"]["id"], seconds=180)
        link = maker.http.post(f"projects/{projects[0]['id']}/share/", json={})
        assert link.status_code == httpx.codes.OK, link.text
        pages = {"name": "Friends", "projects": [project["id"] for project in projects]}
        made = maker.http.post("sets/", json=pages)
        assert made.status_code == httpx.codes.CREATED, made.text
        self.addresses = {"set": f"/sets/{made.json()['id']}/"} | {
            "studio": f"/emojis/{projects[0]['id']}/",
            "shared": link.json()["url"],
        }

    @staticmethod
    def _make(maker: Person, picture: str, motion: str, frames: int, candidates: int) -> dict[str, Any]:
        content = (PHOTO / picture).read_bytes()
        return maker.upload(content, picture, prompt=motion, frame_count=frames, candidates=candidates)

    def context(self, browser: Browser, who: str | None, **options: Any) -> BrowserContext:
        """Open a browser's context as this one of the people, or signed out."""
        context = browser.new_context(base_url=self.base, **options)
        if who is not None:
            cookie = {"name": "sessionid", "value": self.people[who].token, "url": self.base}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return context

    def open(self, page: Page, screen: Screen) -> None:
        """Go to the screen, and do what it wants done."""
        page.goto(screen.path.format(**self.addresses))
        page.wait_for_load_state("networkidle")
        if screen.path == "{studio}":
            expect(page.get_by_test_id("status")).to_have_attribute("data-status", "ready")
        screen.prepare(page)
