"""Take a picture of every screen, in both themes and at four widths: `python -m tests.screens [NAME ...]`.

One file for each screen and theme, `docs/screens/NAME-THEME.webp`, with the widths side by side.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from emojiforge.launch.chromium import executable
from emojiforge.launch.console import say
from tests.browser.conftest import ARGUMENTS, SCHEMES, Scheme
from tests.screens.screens import SCREENS, Cast, Screen
from tests.stack.product import ROOT, running_product

PHONES: Final = (320, 390)
DESKTOPS: Final = (820, 1440)
"""Widths in px. A screen is opened once for each of the two."""
HEIGHT: Final = 860
MOST_HEIGHT: Final = 3200
GAP: Final = 24
SCALE: Final = 0.5
QUALITY: Final = 70
FOLDER: Final = ROOT / "docs" / "screens"


def main() -> int:
    """Write the files of the screens that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.screens", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="all of them where none is named")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    if unknown := set(options.names) - {screen.name for screen in SCREENS}:
        parser.error(f"no screen is called {unknown.pop()}; there are {', '.join(one.name for one in SCREENS)}")
    chosen = [screen for screen in SCREENS if screen.name in options.names or not options.names]
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screens-") as data, running_product(Path(data)) as started:
        cast = Cast(started)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
            take_all(browser, cast, chosen, options.folder)
            browser.close()
    return 0


def take_all(browser: Browser, cast: Cast, screens: Iterable[Screen], folder: Path) -> None:
    """Write a file for each screen and theme into the folder."""
    for screen in screens:
        pictures: dict[Scheme, list[Image.Image]] = {scheme: [] for scheme in SCHEMES}
        for widths in (PHONES, DESKTOPS):
            with opened(browser, cast, screen, widths[0]) as page:
                for width, scheme in product(widths, SCHEMES):
                    pictures[scheme].append(take(page, scheme, width))
        for scheme in SCHEMES:
            target = folder / f"{screen.name}-{scheme}.webp"
            side_by_side(pictures[scheme]).save(target, quality=QUALITY, method=6)
            say(f"{target.name}  {target.stat().st_size // 1000} kB")


@contextmanager
def opened(browser: Browser, cast: Cast, screen: Screen, width: int) -> Iterator[Page]:
    """Open a screen on a device of this width (px)."""
    viewport = {"width": width, "height": HEIGHT}
    touch = width in PHONES
    context = cast.context(browser, screen.who, viewport=viewport, has_touch=touch, reduced_motion="reduce")
    page = context.new_page()
    cast.open(page, screen)
    yield page
    context.close()


def take(page: Page, scheme: Scheme, width: int) -> Image.Image:
    """Photograph the whole page at this width (px), down to `MOST_HEIGHT`."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    height = HEIGHT
    for _ in range(3):  # what sticks to the lower edge stays there; parts grow with the height
        page.set_viewport_size({"width": width, "height": height})
        height = min(page.evaluate("document.documentElement.scrollHeight"), MOST_HEIGHT)
    page.wait_for_timeout(300)  # fonts and pictures that fade in
    return Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """Place the pictures in one row on grey, at half their size."""
    wide = sum(picture.width for picture in pictures) + GAP * (len(pictures) + 1)
    sheet = Image.new("RGB", (wide, max(picture.height for picture in pictures) + 2 * GAP), "#808080")
    left = GAP
    for picture in pictures:
        sheet.paste(picture, (left, GAP))
        left += picture.width + GAP
    return sheet.resize((round(sheet.width * SCALE), round(sheet.height * SCALE)), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    sys.exit(main())
