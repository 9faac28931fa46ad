"""Compress pages and API responses for clients that accept it."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from animations.web.errors import API_PATH

READS: Final = ("GET", "HEAD")


class CompressionMiddleware(GZipMiddleware):
    """Apply Django's gzip to HTML and to JSON of reads.

    Files are not compressed: images do not shrink, and a compressed stream would lose its length. Against BREACH (a
    secret guessed from the length of a response that repeats what an attacker sent) Django adds up to 100 random
    bytes to each response and masks the form token anew. Besides, no response with a session token or a WebSocket
    ticket is compressed.
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
    return request.path.startswith(API_PATH) and request.method in READS and kind.startswith("application/")
