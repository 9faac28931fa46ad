"""Who may ask the local endpoint: whoever has its key, and no page in a browser.

Other people may share the machine, and any page that its owner looks at can send requests to loopback.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Middleware = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]
WORKER_ROUTES: Final = frozenset({"job-take", "job-take-batch", "job-stop", "ping", "job-done", "job-stream"})
"""Of the worker API: the id of a worker in the path is its key, and the SDK says no type of its bodies."""


@dataclass(frozen=True, slots=True)
class Guard:
    """The checks of every request. `local`: the endpoint listens on loopback alone."""

    key: str
    local: bool

    def middleware(self) -> Middleware:
        """Return the checks as a middleware of aiohttp."""

        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            return self._refusal(request) or await handler(request)

        middleware: Middleware = web.middleware(check)
        return middleware

    def _refusal(self, request: web.Request) -> web.Response | None:
        if "Origin" in request.headers or (self.local and not is_loopback(_host_name(request.host))):
            # A page of another site, perhaps under a name of its own that leads to this machine (DNS rebinding).
            return _error(403, "forbidden")
        if _is_worker_route(request):
            return None
        if not self._has_key(request):
            return _error(401, "unauthorized")
        if request.body_exists and request.content_type != "application/json":
            return _error(415, "a body must be application/json")
        return None

    def _has_key(self, request: web.Request) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self.key.encode())


def is_loopback(host: str) -> bool:
    """Tell whether an address, or `localhost`, is this machine alone.

    The product's settings have a copy of their own: the worker imports nothing of theirs.
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_our_webhook(url: str, base: str) -> bool:
    """Tell whether a webhook is below `base`; without one, whether it is of this machine."""
    if base:
        return url.startswith(f"{base.rstrip('/')}/")
    return is_loopback(_host_name(urlsplit(url).netloc))


def _host_name(host: str) -> str:
    """Return a host without its port, and an IPv6 address without its brackets; "" where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_worker_route(request: web.Request) -> bool:
    parts = request.path.split("/")
    return len(parts) > 3 and parts[3] in WORKER_ROUTES


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": message}, status=status)
