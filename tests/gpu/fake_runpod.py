"""RunPod's REST API behind `httpx.MockTransport`, with every fault on demand. Jobs run when they are asked about."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import deque
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import Any

import httpx

KEY = "rpa_THE_SECRET_KEY"
URL = "https://gpu.test/v2"
PNG = b"\x89PNG a matte"

Fault = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def alphas(body: dict[str, Any]) -> dict[str, Any]:
    """Return the state of a finished job with a matte for each image."""
    results = [{"alpha": base64.b64encode(PNG).decode()} for _ in body["input"].get("images", [])]
    output = {"results": results, "model": "isnet", "ms": 41.8}
    return {"status": "COMPLETED", "output": output, "delayTime": 120, "executionTime": 345}


@dataclass
class FakeRunpod:
    """`faults[kind]` (run, status, cancel, health) are answered first, in order; then the endpoint behaves."""

    outcome: Callable[[dict[str, Any]], dict[str, Any]] = alphas
    polls_until_done: int = 1
    polls_in_queue: int = 1_000_000
    """Of those before the end, how many find the job in the queue; the others find it in progress."""
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    forgotten: Container[str] = ()
    """Ids of jobs that it took, and says it does not know. It cancels them all the same."""
    cancelled: list[str] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    polls: dict[str, int] = field(default_factory=dict)
    jobs_expected: int = 1
    all_asked_about: asyncio.Event = field(default_factory=asyncio.Event)

    def fail(self, kind: str, *faults: Fault) -> None:
        self.faults.setdefault(kind, deque()).extend(faults)

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        kind, _, remote_id = request.url.path.removeprefix("/v2/ep/").partition("/")
        if waiting := self.faults.get(kind):
            fault = waiting.popleft()
            if isinstance(fault, Exception):
                raise fault
            return fault if isinstance(fault, httpx.Response) else fault(request)
        answer: httpx.Response = getattr(self, f"_{kind}")(request, remote_id)
        return answer

    def take_and_lose_the_answer(self, request: httpx.Request) -> httpx.Response:
        """Queue the job, but lose the answer."""
        self._run(request, "")
        raise httpx.ReadTimeout("no answer")

    def _run(self, request: httpx.Request, _: str) -> httpx.Response:
        self.bodies.append(json.loads(request.content))
        return httpx.Response(200, json={"id": f"job-{len(self.bodies)}", "status": "IN_QUEUE"})

    def _status(self, _: httpx.Request, remote_id: str) -> httpx.Response:
        number = int(remote_id.removeprefix("job-"))
        if number > len(self.bodies) or remote_id in self.forgotten:
            return httpx.Response(404, json={"error": "job not found"})
        self.polls[remote_id] = self.polls.get(remote_id, 0) + 1
        if len(self.polls) >= self.jobs_expected:
            self.all_asked_about.set()
        if self.polls[remote_id] <= self.polls_until_done:
            state = "IN_QUEUE" if self.polls[remote_id] <= self.polls_in_queue else "IN_PROGRESS"
            return httpx.Response(200, json={"id": remote_id, "status": state})
        return httpx.Response(200, json={"id": remote_id} | self.outcome(self.bodies[number - 1]))

    def _cancel(self, _: httpx.Request, remote_id: str) -> httpx.Response:
        self.cancelled.append(remote_id)
        return httpx.Response(200, json={"id": remote_id, "status": "CANCELLED"})

    def _health(self, _: httpx.Request, __: str) -> httpx.Response:
        workers = {"ready": 2, "initializing": 1, "idle": "many"}
        return httpx.Response(200, json={"jobs": {"inQueue": 3}, "workers": workers})
