"""Bound how many files one person downloads at once, and send the part of a file that is asked for."""

from __future__ import annotations

import re
import weakref
from collections import Counter
from threading import Lock
from typing import Final

from django.conf import settings
from django.core.files.base import File
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase

from animations.translation import translated

MAX_PER_PERSON: Final = 64 // settings.WEB_PROCESSES
"""Files on their way to one person, from this process. A browser asks for six at once."""
RETRY_AFTER: Final = 5
ONE_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)

_in_flight: Counter[str] = Counter()
_lock = Lock()


class TooManyDownloads(Exception):
    """The person is downloading `MAX_PER_PERSON` files already."""


class UnsatisfiableRange(Exception):
    """The file has no byte of the range that was asked for."""


class Download:
    """A part of an open file, to be read once; counted for a person until it is closed."""

    def __init__(self, file: File[bytes], part: range, person: str) -> None:
        _count(person)
        self._end = weakref.finalize(self, _discount, person)  # also where the answer is never sent
        self._file = file
        self._left = len(part)
        file.seek(part.start)

    def read(self, size: int) -> bytes:
        """Return at most `size` of the bytes that are left."""
        data = bytes(self._file.read(min(size, self._left)))
        self._left -= len(data)
        return data

    def close(self) -> None:
        """Close the file, and count the download no longer."""
        self._file.close()
        self._end()


def file_response(request: HttpRequest, file: File[bytes], etag: str, kind: str, person: str) -> HttpResponseBase:
    """Return the open file or the part of it that is asked for (206); 416 for no part of it, 429 for one too many.

    `person` is a name under which their downloads are counted.
    """
    try:
        part = _asked_range(request, etag, file.size)
        download = Download(file, part or range(file.size), person)
    except UnsatisfiableRange:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    except TooManyDownloads:
        file.close()
        return _too_many_response()
    response = FileResponse(download, status=206 if part else 200, content_type=kind)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Length"] = str(len(part or range(file.size)))
    if part:
        response.headers["Content-Range"] = f"bytes {part[0]}-{part[-1]}/{file.size}"
    return response


def _too_many_response() -> HttpResponse:
    detail = translated(f"You are downloading {MAX_PER_PERSON} files already. Try again when one of them is done.")
    headers = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    return HttpResponse(detail, status=429, content_type="text/plain; charset=utf-8", headers=headers)


def _asked_range(request: HttpRequest, etag: str, size: int) -> range | None:
    """Return the range that is asked for; None for the whole file, also where the client has a part of another."""
    if request.method != "GET" or request.headers.get("If-Range", etag) != etag:
        return None
    return read_range(request.headers.get("Range", ""), size)


def _count(person: str) -> None:
    with _lock:
        if _in_flight[person] >= MAX_PER_PERSON:
            raise TooManyDownloads
        _in_flight[person] += 1


def _discount(person: str) -> None:
    with _lock:
        _in_flight[person] -= 1
        if not _in_flight[person]:
            del _in_flight[person]


def read_range(header: str, size: int) -> range | None:
    """Return the bytes that a `Range` header asks for of a file of `size`, or None for all of it.

    Several ranges at once, and what is none, are answered by the whole file, as RFC 9110 (14.2) permits. Raises
    `UnsatisfiableRange`.
    """
    match = ONE_RANGE.fullmatch(header.strip())
    if not match or match.group() == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        found = range(max(0, size - int(last)), size)
    elif last and int(last) < int(first):
        return None
    else:
        found = range(int(first), min(int(last) + 1, size) if last else size)
    if not found:
        raise UnsatisfiableRange
    return found
