"""Where the GPU endpoint tells that a job has ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from animations.models import GpuCall
from animations.models.gpu import read_webhook_signature
from animations.web.webhook_body import wanted_words

CHUNK_BYTES: Final = 256 * 1024
NAMES: Final = frozenset({"id", "status"})
ENDED: Final = frozenset({"COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"})


@csrf_exempt
@never_cache
@require_POST
def gpu_webhook(request: HttpRequest, signed: str) -> HttpResponse:
    """200 for an address that we have signed, whatever is in the body, and 404 for any other, which is not read.

    The signature is in the address because RunPod signs nothing. Of the body only `id` and `status` are looked for;
    a message of a job that goes on changes nothing.
    """
    call_id = read_webhook_signature(signed)
    if call_id is None:
        raise Http404
    said = wanted_words(_chunks(request), NAMES)
    if said.get("status", "COMPLETED") in ENDED:
        GpuCall.objects.record_completion(call_id, said.get("id", ""))
    return HttpResponse("ok", content_type="text/plain")


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    """The body bit by bit, past `DATA_UPLOAD_MAX_MEMORY_SIZE`, which counts for what is read whole."""
    try:
        while chunk := request.read(CHUNK_BYTES):
            yield chunk
    except UnreadablePostError:
        return
