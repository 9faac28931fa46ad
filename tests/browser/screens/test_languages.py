"""Test every screen in another language: no English is left, it fits a narrow phone, and axe finds nothing."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from animations.encode.platforms import PLATFORMS
from animations.ingest.formats import FORMAT_NAMES
from animations.matte.engines import ENGINES
from tests.browser.axe import assert_accessible
from tests.browser.conftest import SignIn, assert_fits
from tests.screens.screens import SCREENS, Cast, Screen
from tests.stack.product import ROOT, Product

pytestmark = [pytest.mark.stack, pytest.mark.browser]
FONT = ROOT / "animations/finish/fonts/Pretendard-ExtraBold.woff2"
"""The letters are as wide as people see them, on a machine without a Korean font, too; and bold."""
SPOKEN = """() => {
    const read = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const { parentElement: parent, data } = walker.currentNode;
        if (!parent.closest("script, style, template, kbd, [data-name], .languages")) read.push(data);
    }
    for (const one of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
        for (const name of ["aria-label", "title", "placeholder", "alt"]) read.push(one.getAttribute(name) ?? "");
    return read.join("\\n");
}"""
"""All texts of the page, those that are hidden now included."""
NAMES = " ".join(
    [
        "EmojiForge GIF APNG AVIF WebP WebM ZIP PNG JPEG HEIC MP4 MOV VP9 Alt Ctrl Delete Shift Esc Enter GPU UTC",
        "GrabCut Aseprite JSON kB MB GB px ms",
        FORMAT_NAMES,
        *(platform.label for platform in PLATFORMS.values()),
        *(engine.label for engine in ENGINES if engine.needs_gpu),
        "Friends cat ember cactus bounce gentle subtle sway party jpg example com gif",  # what people have typed
    ]
)
WORD = re.compile(r"[A-Za-z]{2,}")


def english_left(page: Page) -> set[str]:
    """Return the words in Latin letters that are no names."""
    known = {word.casefold() for word in WORD.findall(NAMES)}
    text = re.sub(r"\S+@\S+|https?://\S+|\S+\.(?:gif|png|zip|webp)\b", "", page.evaluate(SPOKEN))
    return {word for word in WORD.findall(text) if word.casefold() not in known}


@pytest.fixture(scope="module")
def contexts(browser: Browser, cast: Cast) -> Iterator[Callable[[str | None], BrowserContext]]:
    """Return each person's context: what all pages share is fetched once."""

    @cache
    def context_of(who: str | None) -> BrowserContext:
        opened.append(cast.context(browser, who, locale="ko-KR", reduced_motion="reduce", bypass_csp=True))
        return opened[-1]

    opened: list[BrowserContext] = []
    yield context_of
    for context in opened:
        context.close()


@pytest.fixture(scope="module", params=SCREENS, ids=lambda screen: screen.name)
def page(
    contexts: Callable[[str | None], BrowserContext], cast: Cast, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """Open a screen once for all that is to be seen on it."""
    screen: Screen = request.param
    page = contexts(screen.who).new_page()
    cast.open(page, screen)
    yield page
    page.close()


def test_axe_finds_nothing_on_a_screen(page: Page) -> None:
    assert_accessible(page)


def test_a_screen_in_korean_has_no_english_and_fits(page: Page) -> None:
    font = b64encode(FONT.read_bytes()).decode()
    page.add_style_tag(
        content=f"@font-face {{ font-family: Korean; src: url(data:font/woff2;base64,{font}) }}"
        "* { font-family: Korean, system-ui !important }"
    )
    page.evaluate("document.fonts.load('16px Korean', '한').then(() => document.fonts.ready).then(() => true)")
    assert english_left(page) == set()
    assert_fits(page, 320, 390)


def test_a_person_finds_their_language_in_the_footer_and_scripts_speak_it(sign_in: SignIn, product: Product) -> None:
    page = sign_in(product.person())
    page.goto("/new/")
    page.get_by_role("button", name="한국어").click()
    expect(page.get_by_role("heading", name="1. 사진 또는 영상")).to_be_visible()
    page.wait_for_load_state()  # with its scripts, which answer the click
    page.locator("[data-testid=make]").click()
    expect(page.get_by_text("먼저 사진이나 영상을 고르거나 예시를 써 보세요.")).to_be_visible()
    page.locator("[name=prompt]").fill("subtle bounce")
    expect(page.get_by_text("이렇게 이해했어요: 살짝 통통 튀기.")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="1. Your picture or clip")).to_be_visible()


def test_scripts_take_the_form_of_a_number_and_fill_in_values(script_page: Page) -> None:
    script = """async (lang) => {
        document.documentElement.lang = lang;
        const { gettext, ngettext, interpolate } = await import(`/js/i18n.js?${lang}`);
        const count = (n) => interpolate(ngettext("%(count)s frame", "%(count)s frames", n), { count: n });
        return [gettext("Drawing…"), count(1), count(2), interpolate("%(here)s %(missing)s", { here: 1 })];
    }"""
    assert script_page.evaluate(script, "en") == ["Drawing…", "1 frame", "2 frames", "1 %(missing)s"]
    assert script_page.evaluate(script, "ko") == ["그리는 중…", "프레임 1개", "프레임 2개", "1 %(missing)s"]
