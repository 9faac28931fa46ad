"""Answer a request that is sent again with the first answer, without doing the work again.

The client names the request with the header `Idempotency-Key`. A row is written before the work and holds the answer
after it; the database's unique constraint decides between two that come at once. A refusal is not stored, so that the
corrected request may use its key again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from functools import partial, wraps
from typing import Any, Final

from django.db import transaction
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions.uploads import sha256_of
from animations.api.errors import ApiError
from animations.models import IdempotencyKey
from animations.models.idempotency import MAX_LENGTH

Handler = Callable[..., Response]

RETRY_AFTER_SECONDS: Final = 2
ABANDONED_AFTER: Final = timedelta(seconds=60)
"""After this long without an answer the first request is taken for dead."""

IDEMPOTENCY_HEADER: Final = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": f"^[ -~]{{1,{MAX_LENGTH}}}$"},
    OpenApiParameter.HEADER,
    description="The same key and body within 24 hours get the same answer again; another body is refused with 422.",
)


def idempotent(*, atomic: bool) -> Callable[[Handler], Handler]:
    """Decorate a view's method: its work and its answer are committed together, so that no kill falls between.

    Work that takes seconds before it writes is not `atomic`, because SQLite has one writer at a time: it calls
    `store_answer` in the transaction of its own.
    """

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def wrapped(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            work = partial(handler, view, request, *args, **kwargs)
            key = _read_key(request)
            return work() if key is None else _answer_once(request, key, work, atomic=atomic)

        return wrapped

    return decorate


def _answer_once(request: Request, key: str, work: Callable[[], Response], *, atomic: bool) -> Response:
    """Do the work of a new key and store its answer; of a known key, return the stored answer."""
    row, answer = _claim(request, key)
    if answer is not None:
        return answer
    request.idempotency_key = row  # type: ignore[attr-defined]  # for `store_answer`
    try:
        with transaction.atomic() if atomic else nullcontext():
            response = work()
            if atomic:
                store_answer(request, response)
    except BaseException:
        row.release()
        raise
    return response


def store_answer(request: Request, response: Response) -> None:
    """Store the answer for the request's key, if it has one. Inside the transaction of the work.

    Raises `ApiError` when another request has taken over: what was done here is taken back.
    """
    row: IdempotencyKey | None = getattr(request, "idempotency_key", None)
    if row and not row.store_answer(response.status_code, response.data):
        raise _in_progress()


def _read_key(request: Request) -> str | None:
    key: str | None = request.headers.get("Idempotency-Key")
    if key is not None and not (0 < len(key) <= MAX_LENGTH and key.isascii() and key.isprintable()):
        detail = f"An Idempotency-Key has 1 to {MAX_LENGTH} printable ASCII characters."
        raise ValidationError({"Idempotency-Key": [ErrorDetail(detail, "invalid")]})
    return key


def _claim(request: Request, key: str) -> tuple[IdempotencyKey, Response | None]:
    """Return the row if this request is the first or takes over, else also the answer that was given before."""
    digest = body_digest(request)
    row, made = IdempotencyKey.objects.get_or_create(
        user_id=request.user.pk or 0,
        route=f"{request.method} {request.path}"[:MAX_LENGTH],
        key=key,
        defaults={"body_digest": digest},
    )
    if made:
        return row, None
    if row.body_digest != digest:
        detail = "This Idempotency-Key was used for another request."
        raise ApiError(status.HTTP_422_UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail)
    if row.status_code:
        return row, Response(row.answer, status=row.status_code, headers={"Idempotent-Replayed": "true"})
    if not row.take_over(ABANDONED_AFTER):
        raise _in_progress()
    return row, None


def _in_progress() -> ApiError:
    detail = "The first request with this Idempotency-Key is still under way."
    return ApiError(status.HTTP_409_CONFLICT, "in_progress", detail, wait=RETRY_AFTER_SECONDS)


def body_digest(request: Request) -> str:
    """Return the SHA-256 (hex) of a request's body: every field in order of its name, and every file's bytes."""
    digest = hashlib.sha256()
    data = request.data
    fields = dict(data.lists()) if isinstance(data, QueryDict) else {"json": data}
    plain = {name: value for name, value in fields.items() if name not in request.FILES}
    digest.update(json.dumps(plain, sort_keys=True).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(f"\0{name}\0{file.name}\0".encode())
            digest.update(bytes.fromhex(sha256_of(file)))
    return digest.hexdigest()
