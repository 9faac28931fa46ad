"""Webhooks of the GPU endpoint: only at signed addresses, and never more than a reason to poll."""

from __future__ import annotations

import io
import json
import time
import tracemalloc
from typing import Any, BinaryIO, cast

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from animations.models import GpuCall
from animations.models.gpu.webhook_signature import read_webhook_signature, webhook_path
from animations.web.webhook_body import MAX_EVENTS, read_top_level_strings
from animations.web.webhooks import CHUNK_BYTES, NAMES, gpu_webhook

BODY = {
    "id": "job-1-u1",
    "input": {"id": "inner", "images": ["QUJD"]},
    "output": {"status": "x"},
    "status": "COMPLETED",
}


@pytest.fixture
def call(db: None) -> GpuCall:
    return GpuCall.objects.create(key="k", task="rembg", status="submitted", remote_id="job-1-u1")


def post_webhook(call: GpuCall, body: Any = BODY, **values: Any) -> int:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    client = Client(enforce_csrf_checks=True)
    return client.post(webhook_path(call.pk), content, content_type="application/json", **values).status_code


def test_the_address_that_is_signed_is_the_address_that_is_served(call: GpuCall) -> None:
    signed = webhook_path(call.pk).split("/")[-2]
    assert webhook_path(call.pk) == reverse("gpu-hook", args=[signed])
    assert read_webhook_signature(signed) == call.pk


def test_a_report_on_a_call_is_noted_once_and_changes_nothing_else(call: GpuCall) -> None:
    assert post_webhook(call) == 200
    call.refresh_from_db()
    first = call.signalled_at
    assert first is not None
    assert (call.status, call.remote_id, call.finished_at) == ("submitted", "job-1-u1", None)
    assert post_webhook(call) == 200
    call.refresh_from_db()
    assert call.signalled_at == first


@pytest.mark.parametrize("status", ["sending", "uncertain"])
def test_a_send_without_an_answer_is_claimed_by_the_job_that_reports(call: GpuCall, status: str) -> None:
    GpuCall.objects.update(status=status, remote_id="")
    assert post_webhook(call) == 200
    call.refresh_from_db()
    assert (call.status, call.remote_id) == ("submitted", "job-1-u1")
    post_webhook(call, BODY | {"id": "other"})
    call.refresh_from_db()
    assert call.remote_id == "job-1-u1"


@pytest.mark.parametrize("status", ["prepared", "succeeded", "failed", "cancelled"])
def test_a_call_that_was_not_sent_or_is_over_stays_as_it_is(call: GpuCall, status: str) -> None:
    GpuCall.objects.update(status=status, remote_id="")
    assert post_webhook(call) == 200
    call.refresh_from_db()
    assert (call.status, call.remote_id) == (status, "")


@pytest.mark.parametrize("remote_id", ["../status", "a b", "x" * 101, "", 7, None, {"id": "job"}])
def test_an_id_that_could_lead_elsewhere_is_not_taken(call: GpuCall, remote_id: object) -> None:
    GpuCall.objects.update(status="uncertain", remote_id="")
    assert post_webhook(call, BODY | {"id": remote_id}) == 200
    call.refresh_from_db()
    assert (call.status, call.remote_id) == ("uncertain", "")
    assert call.signalled_at is not None


def test_a_report_on_a_job_in_progress_changes_nothing(call: GpuCall) -> None:
    assert post_webhook(call, BODY | {"status": "IN_PROGRESS"}) == 200
    call.refresh_from_db()
    assert call.signalled_at is None


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b'"id"', b"{" * 100_000, b'{"id": "', b"null"])
def test_an_unreadable_body_counts_as_a_report(call: GpuCall, body: bytes) -> None:
    assert post_webhook(call, body) == 200
    call.refresh_from_db()
    assert call.signalled_at is not None


def test_an_address_that_we_have_not_signed_is_not_there(call: GpuCall) -> None:
    signed = webhook_path(call.pk).split("/")[-2]
    forged = [f"{call.pk.hex}:{'x' * 43}", call.pk.hex, signed[:-1], "f" * 32 + signed[32:], "a:b"]
    for address in forged:
        answer = Client().post(f"/hooks/gpu/{address}/", BODY, content_type="application/json")
        assert answer.status_code == 404, address
    call.refresh_from_db()
    assert call.signalled_at is None
    assert Client().get(webhook_path(call.pk)).status_code == 405


def test_a_call_that_is_gone_is_answered_all_the_same(call: GpuCall) -> None:
    path = webhook_path(call.pk)
    call.delete()
    assert Client().post(path, BODY, content_type="application/json").status_code == 200


class LargeBody(io.RawIOBase):
    """Twenty megabytes of base64 between two words, never all in memory."""

    def __init__(self, megabytes: int) -> None:
        self._parts = [
            b'{"input": {"image": "',
            *[b"QUJD" * 262_144] * megabytes,
            b'"}, "id": "late", "status": "FAILED"}',
        ]

    def read(self, size: int = -1) -> bytes:
        if not self._parts:
            return b""
        part, rest = self._parts[0][:size], self._parts[0][size:]
        self._parts[:1] = [rest] if rest else []
        return part


def test_a_body_of_twenty_megabytes_is_read_quickly_and_not_kept(call: GpuCall) -> None:
    GpuCall.objects.update(status="uncertain", remote_id="")
    signed = webhook_path(call.pk).split("/")[-2]
    body = LargeBody(20)
    request = RequestFactory().post(webhook_path(call.pk), b"", content_type="application/json")
    request._stream = cast(BinaryIO, body)  # as a server hands it over
    tracemalloc.start()
    began = time.process_time()
    assert gpu_webhook(request, signed).status_code == 200
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.process_time() - began < 2.0
    assert peak < 8 * CHUNK_BYTES
    call.refresh_from_db()
    assert call.remote_id == "late"


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_strings_are_found_wherever_the_body_is_cut(step: int) -> None:
    body = {
        "before": ['"', "\\", {"id": "no"}],
        "id": 'a"b\\c\u00e4/',
        'st"atus': "no",
        "note": "id",
        "status": "COMPLETED",
        "id2": "no",
    }
    for indent in (None, 2):
        text = json.dumps(body, indent=indent).encode()
        chunks = [text[at : at + step] for at in range(0, len(text), step)]
        assert read_top_level_strings(chunks, NAMES) == {"id": 'a"b\\c\u00e4/', "status": "COMPLETED"}


@pytest.mark.parametrize(
    "unusual",
    [r'"bad:\n%s"', r'"bad:\u00e9%s"', r'"bad:\\%s"', r'"\u0041\"%s"'],
    ids=["newline", "letter", "backslash", "quote"],
)
@pytest.mark.parametrize("step", [1, 7, 300, 100_000])
def test_base64_after_an_escape_does_not_hide_what_follows(unusual: str, step: int) -> None:
    text = ('{"error": ' + unusual.replace("%s", "nQUJ" * 200) + ', "id": "late", "status": "FAILED"}').encode()
    chunks = [text[at : at + step] for at in range(0, len(text), step)]
    assert read_top_level_strings(chunks, NAMES) == {"id": "late", "status": "FAILED"}


@pytest.mark.parametrize("value", [b'"\\ud800"', b"1e" + b"9" * 100, b"-1.5e-" + b"9" * 30, b"1" * 5000])
def test_a_value_that_python_cannot_hold_is_no_error(call: GpuCall, value: bytes) -> None:
    assert post_webhook(call, b'{"id": "job-1-u1", "output": ' + value + b', "status": "FAILED"}') == 200
    call.refresh_from_db()
    assert call.signalled_at is not None


@pytest.mark.parametrize(
    "part", [b"hello, world ", b"ab\\/", b"QUJD" * 19 + b"\\n"], ids=["text", "slashes", "lines"]
)
def test_a_long_string_of_another_kind_is_not_kept(part: bytes) -> None:
    chunk = part * (CHUNK_BYTES // len(part))
    tracemalloc.start()
    assert read_top_level_strings([b'{"id": "job", "output": "', *[chunk] * 60], NAMES) == {"id": "job"}
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * CHUNK_BYTES


def test_a_string_that_is_too_long_is_no_id_and_a_body_of_brackets_is_not_read_to_the_end() -> None:
    long = read_top_level_strings([b'{"id": "' + b"x" * 300 + b'", "status": "FAILED"}'], NAMES)
    assert GpuCall.REMOTE_ID.fullmatch(long["id"]) is None
    assert long["status"] == "FAILED"
    read = 0

    def marks() -> Any:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b"[" * MAX_EVENTS

    assert read_top_level_strings(marks(), NAMES) == {}
    assert read < 4


def test_strings_of_inner_objects_are_ignored() -> None:
    assert read_top_level_strings([b'{"output": {"id": "x", "status": "y"}, "list": ["id", "status"]}'], NAMES) == {}
    assert read_top_level_strings([b'["id", "status"]'], NAMES) == {}
