"""Django's handler of HTTP, with fewer ways between the event loop and threads.

Django's own starts a thread, and with it a connection to the database, for every request; and where middleware and
views are synchronous, as ours are, a request goes to and fro between its thread and the event loop seven times.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.db import close_old_connections
from django.http import FileResponse, HttpResponseBadRequest, parse_cookie
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from animations.networks import client_address, network_of
from emojiforge.http.concurrency import Client, ClientThreads, ConcurrencyLimit, NoFreeSlot
from emojiforge.http.error_responses import OVERLOADED, TOO_MANY_REQUESTS
from emojiforge.http.streaming import iter_chunks

log = logging.getLogger(__name__)

FORMS: Final = (20, 4)
"""Forms with files that work at once in this process, and those of one client: they may wait to be decoded."""
FILES: Final = (12, 6)
"""The same for stored files. A storage that hangs holds up no other request."""
OTHERS: Final = (12, 8)
"""The same for all other requests. Each takes a thread and about 1 MB; more would not be faster, on one core."""
FILE_PATHS: Final = ("/media/", "/s/")


class ThreadedHandler(ASGIHandler):
    """Do all of a request in one go, in a thread that is kept for the next; files are read while they are sent."""

    def __init__(self) -> None:
        self.load_middleware(is_async=False)
        self._forms, self._files, self._others = (ConcurrencyLimit(*slots) for slots in (FORMS, FILES, OTHERS))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        with suppress(RequestAborted):
            await self.handle(scope, receive, send)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Read the body, make the response in a thread, and send it. Raises `RequestAborted`.

        The thread is not held while the response is sent: a slow reader costs none.
        """
        body = await self.read_body(receive)
        scope["root_path"] = ""  # daphne takes it from a header of the client's, and addresses made with it are kept
        set_script_prefix(get_script_prefix(scope))
        threads = self._threads(scope)
        response = await self._respond_or_refuse(threads, scope, body)
        if response.streaming:
            await self._stream(response, threads, receive, send)
        else:
            await self.send_response(response, send)

    async def _respond_or_refuse(self, threads: ClientThreads, scope: Any, body: Any) -> HttpResponseBase:
        try:
            return await threads.run(self._respond, threads, scope, body)
        except NoFreeSlot as error:
            body.close()
            refusal = TOO_MANY_REQUESTS if error.is_at_limit else OVERLOADED
        except TimeoutError:
            log.error("Gave up a request to %s, which hangs.", scope["path"])
            refusal = OVERLOADED
        return refusal.django_response(scope["path"])

    def _threads(self, scope: Any) -> ClientThreads:
        """Return the threads for a request of this kind and this client."""
        if _header(scope, b"content-type").startswith("multipart/"):
            limit = self._forms
        else:
            limit = self._files if scope["path"].startswith(FILE_PATHS) else self._others
        return ClientThreads(limit, _client(scope))

    def create_request(self, scope: Any, body_file: Any) -> tuple[Any, Any]:
        """Return the request, or 400 for one whose `Content-Type` names its charset in no encoding that there is."""
        try:
            return super().create_request(scope, body_file)
        except (ValueError, LookupError):
            return None, HttpResponseBadRequest()

    def _respond(self, threads: ClientThreads, scope: Any, body: Any) -> HttpResponseBase:
        """Return the response, which is over and done with unless it streams."""
        with body:
            request_started.send(sender=self.__class__, scope=scope)
            request, error = self.create_request(scope, body)
            response: HttpResponseBase = self.get_response(request) if request else error
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        if isinstance(response, FileResponse) and response.file_to_stream:
            length = 0 if scope["method"] == "HEAD" else int(response.headers["Content-Length"])
            response.streaming_content = iter_chunks(threads, response.file_to_stream, length)
        if response.streaming:
            close_old_connections()  # whoever closes the response does so in another thread
        else:
            response.close()
        return response

    async def _stream(self, response: HttpResponseBase, threads: ClientThreads, receive: Any, send: Any) -> None:
        """Send the response until all is sent or the client is gone."""
        sending = asyncio.ensure_future(self.send_response(response, send))
        leaving = asyncio.ensure_future(receive())
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
            await threads.run_patiently(response.close)


def _client(scope: Any) -> Client:
    """Return who asks: the session that is shown, which may be made up, and the network of the address."""
    cookies = parse_cookie(_header(scope, b"cookie"))
    session = _header(scope, b"x-session-token") or cookies.get(settings.SESSION_COOKIE_NAME)
    peer = str((scope.get("client") or [""])[0])
    network = network_of(client_address(peer, _header(scope, b"x-forwarded-for")))
    return Client(session or network, network)


def _header(scope: Any, name: bytes) -> str:
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)
