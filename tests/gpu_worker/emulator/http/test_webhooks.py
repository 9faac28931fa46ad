"""Webhooks, received by a real server."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.gpu_worker.emulator.harness import pack_input, set_faults
from tests.gpu_worker.endpoint_process import LocalEndpoint
from tests.polling import until

pytestmark = pytest.mark.stack


@dataclass
class Receiver:
    """Receives webhooks, and answers with `answers` one after another, then 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.times.append(time.monotonic())
            receiver.received.append(json.loads(content))
            self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/webhook"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield receiver
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_receives_the_status_with_input_and_webhook(
    fake_endpoint: LocalEndpoint, receiver: Receiver
) -> None:
    job_input = pack_input(1)
    job_id = fake_endpoint.run(job_input, webhook=receiver.url)
    (received,) = until(lambda: receiver.received)
    assert received == fake_endpoint.status(job_id) | {"input": job_input, "webhook": receiver.url}
    assert (received["status"], received["id"]) == ("COMPLETED", job_id)


def test_a_failed_job_calls_its_webhook(fake_endpoint: LocalEndpoint, receiver: Receiver) -> None:
    fake_endpoint.run({"task": "paint"}, webhook=receiver.url)
    (received,) = until(lambda: receiver.received)
    assert received["status"] == "FAILED"
    assert json.loads(received["error"])["code"] == "bad_task"


def test_a_webhook_not_answered_with_200_is_tried_twice_more(
    fake_endpoint: LocalEndpoint, receiver: Receiver
) -> None:
    receiver.answers = [500, 204, 302]
    fake_endpoint.run(pack_input(1), webhook=receiver.url)
    until(lambda: len(receiver.received) == 3)
    first, second, third = receiver.times
    assert min(second - first, third - second) >= 0.29
    # There is no fourth attempt: the next to arrive is of another job.
    other = fake_endpoint.run(pack_input(2), webhook=receiver.url)
    until(lambda: receiver.received[3:])
    assert receiver.received[3]["id"] == other


def test_a_webhook_may_be_lost_or_doubled(fake_endpoint: LocalEndpoint, receiver: Receiver) -> None:
    set_faults(
        fake_endpoint,
        {"fault": "webhook_lost"},
        {"fault": "webhook_twice", "nth": 2},
        {"fault": "duplicate_result", "nth": 3},
    )
    jobs = [
        fake_endpoint.wait_until_ended(fake_endpoint.run(pack_input(1), webhook=receiver.url))["id"] for _ in range(3)
    ]
    until(lambda: len(receiver.received) == 4)
    assert [received["id"] for received in receiver.received] == [jobs[1], jobs[1], jobs[2], jobs[2]]


def test_a_webhook_must_be_an_address(fake_endpoint: LocalEndpoint) -> None:
    response = fake_endpoint.client.post("run", json={"input": {"task": "info"}, "webhook": "ftp://here"})
    assert response.status_code == 400
