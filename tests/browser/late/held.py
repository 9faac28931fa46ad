"""Hold requests of a page back, so that a test says when each is answered."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Page, Route

LOOK_MS = 10


class HeldRequests:
    """The requests to some addresses, in the order in which they came; each waits until the test answers it."""

    def __init__(
        self, page: Page, url: str | re.Pattern[str], times: int | None = None, method: str | None = None
    ) -> None:
        self._page = page
        self._routes: list[Route] = []
        self._method = method
        page.route(url, self._hold, times=times)

    def _hold(self, route: Route) -> None:
        if self._method in (None, route.request.method):
            self._routes.append(route)
        else:
            route.fallback()

    def __len__(self) -> int:
        return len(self._routes)

    def __getitem__(self, at: int) -> Route:
        """Return a request as soon as it is held, which is after the page has sent it."""
        limit = time.monotonic() + 20
        while len(self._routes) <= at:
            assert time.monotonic() < limit, f"{len(self._routes)} requests, not {at + 1}"
            self._page.wait_for_timeout(LOOK_MS)
        return self._routes[at]
