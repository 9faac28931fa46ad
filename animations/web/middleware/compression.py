"""Compress pages and the API's answers for clients that ask for it."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

API: Final = "/api/"
READS: Final = ("GET", "HEAD")


class CompressionMiddleware(GZipMiddleware):
    """Apply Django's gzip to text that is ours and whole.

    Files are left alone: images do not shrink, and a compressed stream would lose its length. Against BREACH (a
    secret guessed from the length of an answer that repeats what an attacker sent) Django adds up to 100 random bytes
    to each answer and masks the form token anew; besides, no answer with a session's token is compressed: those of
    signing in, and a socket's ticket.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the response, compressed if it may be."""
        if response.streaming or not _may_be_compressed(request, response):
            return response
        return super().process_response(request, response)


def _may_be_compressed(request: HttpRequest, response: HttpResponseBase) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if kind == "text/html":
        return True
    return request.path.startswith(API) and request.method in READS and kind.startswith("application/")
