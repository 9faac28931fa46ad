"""Receive the GPU endpoint's webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from animations.actions import webhooks
from animations.web.webhook_body import read_top_level_strings

CHUNK_BYTES: Final = 256 * 1024
NAMES: Final = frozenset({"id", "status"})


@csrf_exempt
@never_cache
@require_POST
def gpu_webhook(request: HttpRequest, signed: str) -> HttpResponse:
    """Answer 200 at an address that we have signed, whatever is in the body, and 404 at any other.

    The signature is in the address because RunPod signs nothing. A body that cannot be read counts as the message
    of a job that has ended: it costs one question to the endpoint and no more.
    """
    call_id = webhooks.find_call(signed)
    if call_id is None:
        raise Http404
    body = read_top_level_strings(_chunks(request), NAMES)
    webhooks.record_report(call_id, body.get("status", "COMPLETED"), body.get("id", ""))
    return HttpResponse("ok", content_type="text/plain")


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    """Yield the body bit by bit, past `DATA_UPLOAD_MAX_MEMORY_SIZE`, which counts for what is read whole."""
    try:
        while chunk := request.read(CHUNK_BYTES):
            yield chunk
    except UnreadablePostError:
        return
