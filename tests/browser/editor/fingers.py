"""Touch a page with one finger or two, as a phone's screen reports it."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.editor.cutout_page import Place


class Fingers:
    """A screen that is touched, through Chromium's own protocol: Playwright's touchscreen only taps."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)

    def __enter__(self) -> Fingers:
        return self

    def __exit__(self, *_error: object) -> None:
        self.session.detach()

    def _send(self, kind: str, *places: Place) -> None:
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(places)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, start: Place, end: Place) -> None:
        """Move one finger."""
        self._send("touchStart", start)
        for step in range(1, 9):
            self._send("touchMove", tuple(a + (b - a) * step / 8 for a, b in zip(start, end, strict=True)))  # type: ignore[arg-type]
        self._send("touchEnd")

    def pinch(self, middle: Place, apart: tuple[float, float]) -> None:
        """Put a finger down, then a second one, and move them from one distance (px) to the other about a middle."""
        x, y = middle
        self._send("touchStart", (x - apart[0] / 2, y))
        for step in range(9):
            half = (apart[0] + (apart[1] - apart[0]) * step / 8) / 2
            self._send("touchMove" if step else "touchStart", (x - half, y), (x + half, y))
        self._send("touchEnd")
