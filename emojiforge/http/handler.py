"""Django's handler of HTTP, with fewer ways between the event loop and threads.

Django's own starts a thread, and with it a connection to the database, for every request; and where middleware and
views are synchronous, as ours are, a request goes to and fro between its thread and the event loop seven times.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.db import close_old_connections
from django.http import FileResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from emojiforge.http.streaming import iter_chunks
from emojiforge.http.threads import run_in_thread


class ThreadedHandler(ASGIHandler):
    """Do all of a request in one go, in a thread that is kept for the next; files are read while they are sent."""

    def __init__(self) -> None:
        self.load_middleware(is_async=False)

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
        response = await run_in_thread(self._respond, scope, body)
        if response.streaming:
            await self._stream(response, receive, send)
        else:
            await self.send_response(response, send)

    def create_request(self, scope: Any, body_file: Any) -> tuple[Any, Any]:
        """Return the request, or 400 for one whose `Content-Type` names its charset in no encoding that there is."""
        try:
            return super().create_request(scope, body_file)
        except (ValueError, LookupError):
            return None, HttpResponseBadRequest()

    def _respond(self, scope: Any, body: Any) -> HttpResponseBase:
        """Return the response, which is over and done with unless it streams."""
        with body:
            request_started.send(sender=self.__class__, scope=scope)
            request, error = self.create_request(scope, body)
            response: HttpResponseBase = self.get_response(request) if request else error
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        if isinstance(response, FileResponse) and response.file_to_stream:
            length = 0 if scope["method"] == "HEAD" else int(response.headers["Content-Length"])
            response.streaming_content = iter_chunks(response.file_to_stream, length)
        if response.streaming:
            close_old_connections()  # whoever closes the response does so in another thread
        else:
            response.close()
        return response

    async def _stream(self, response: HttpResponseBase, receive: Any, send: Any) -> None:
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
            await run_in_thread(response.close)
