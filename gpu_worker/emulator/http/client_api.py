"""RunPod's REST API for clients: `/v2/{endpoint}/run` and the others. Only what RunPod has, and as RunPod has it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from gpu.contract import RUN_BODY_LIMIT, RUNSYNC_BODY_LIMIT
from gpu_worker.emulator.endpoint import Endpoint
from gpu_worker.emulator.http.guard import is_our_webhook
from gpu_worker.emulator.jobs.job import LIVE, Job, Policy
from gpu_worker.emulator.scenario import Fault

WAIT_MS: Final = (1_000, 300_000)
DEFAULT_WAIT_MS: Final = 90_000
"""The wait of `/runsync` for its job, unless the client asks for another."""
SLOW_S: Final = 2.0
"""The delay of a slow answer, unless the scenario sets another."""

Handler = Callable[[web.Request], Awaitable[web.Response]]


class BadRequestError(Exception):
    """The client's request is invalid; answered with 400."""


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a run request."""

    input: dict[str, Any]
    policy: Policy
    webhook: str | None


class ClientApi:
    """The API of `endpoint` for its clients."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Mount the API on an aiohttp application's router."""
        base = "/v2/{endpoint}"
        router.add_post(f"{base}/run", self._guarded("run", self._run))
        router.add_post(f"{base}/runsync", self._guarded("runsync", self._runsync))
        router.add_get(f"{base}/status/{{id}}", self._guarded("status", self._status))
        router.add_get(f"{base}/stream/{{id}}", self._guarded("stream", self._stream))
        router.add_post(f"{base}/cancel/{{id}}", self._guarded("cancel", self._cancel))
        router.add_post(f"{base}/retry/{{id}}", self._guarded("retry", self._retry))
        router.add_post(f"{base}/purge-queue", self._guarded("purge-queue", self._purge))
        router.add_get(f"{base}/health", self._guarded("health", self._health))

    def _guarded(self, operation: str, answer: Handler) -> Handler:
        """Wrap `answer` in the checks that all operations share (endpoint, rate) and the scenario's faults."""

        async def check_then_answer(request: web.Request) -> web.Response:
            if request.match_info["endpoint"] != self._endpoint.name:
                return _error(404, "endpoint not found")
            limits = self._endpoint.rate_limits
            if not limits.acquire(operation, lambda: self._endpoint.jobs.counts()["inQueue"]):
                return _error(429, "too many requests")
            try:
                return await _with_faults(self._endpoint.scenario.on_request(operation), request, answer)
            except BadRequestError as error:
                return _error(400, f"bad request: {error}")
            finally:
                limits.release(operation)

        return check_then_answer

    async def _run(self, request: web.Request) -> web.Response:
        body = await self._read_body(request, RUN_BODY_LIMIT)
        job = self._endpoint.jobs.submit(body.input, policy=body.policy, webhook=body.webhook)
        return web.json_response(job.describe())

    async def _runsync(self, request: web.Request) -> web.Response:
        wait = _read_ms(request, "wait", DEFAULT_WAIT_MS, WAIT_MS)
        body = await self._read_body(request, RUNSYNC_BODY_LIMIT)
        job = self._endpoint.jobs.submit(body.input, sync=True, policy=body.policy, webhook=body.webhook)
        clock = asyncio.get_running_loop().time
        until = clock() + wait
        while job.state in LIVE and not self._endpoint.closing() and (left := until - clock()) > 0:
            await self._endpoint.notifier.wait(left)
        return web.json_response(job.describe())

    async def _status(self, request: web.Request) -> web.Response:
        job = self._find(request)
        if job is None:
            return _job_not_found()
        if "ttl" in request.query:
            job.forget_at = self._endpoint.clock() + _read_ms(request, "ttl", 0, (0, 7 * 86_400_000))
        return web.json_response(job.describe())

    async def _stream(self, request: web.Request) -> web.Response:
        job = self._find(request)
        if job is None:
            return _job_not_found()
        chunks, job.chunks = job.chunks, []
        return web.json_response({"status": job.state.value, "stream": chunks})

    async def _cancel(self, request: web.Request) -> web.Response:
        job = self._find(request)
        if job is None:
            return _job_not_found()
        self._endpoint.jobs.cancel(job)
        return web.json_response({"id": job.id, "status": job.state.value})

    async def _retry(self, request: web.Request) -> web.Response:
        job = self._find(request)
        if job is None:
            return _job_not_found()
        if not self._endpoint.jobs.retry(job):
            raise BadRequestError(f"a job that is {job.state.value} cannot be retried")
        return web.json_response({"id": job.id, "status": job.state.value})

    async def _purge(self, _: web.Request) -> web.Response:
        return web.json_response({"removed": self._endpoint.jobs.purge(), "status": "completed"})

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response(self._endpoint.health())

    async def _read_body(self, request: web.Request, limit: int) -> Body:
        body = await _read_body(request, limit)
        if body.webhook is not None and not is_our_webhook(body.webhook, self._endpoint.options.webhook_base):
            raise BadRequestError("webhook: this endpoint calls the app's own addresses alone")
        return body

    def _find(self, request: web.Request) -> Job | None:
        job = self._endpoint.jobs.get(request.match_info["id"])
        return None if job is None or job.forgotten else job


async def _with_faults(faults: list[Fault], request: web.Request, answer: Handler) -> web.Response:
    """Answer, unless the scenario has a fault for this request."""
    kinds = {fault.fault for fault in faults}
    for fault in faults:
        if fault.fault == "slow":
            await asyncio.sleep(SLOW_S if fault.seconds is None else fault.seconds)
    if "rate_limited" in kinds:
        return _error(429, "too many requests")
    if "not_found" in kinds:
        return _job_not_found()
    if "bad_gateway" in kinds:
        return web.Response(status=502, text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")
    answered = _error(500, "dropped") if "dropped_before" in kinds else await answer(request)
    if kinds & {"dropped_before", "dropped_after"} and request.transport is not None:
        # No word and no closing handshake: the client finds out as it would from a broken line.
        request.transport.abort()
    return answered


async def _read_body(request: web.Request, limit: int) -> Body:
    """Read the job's input, policy and webhook. Raises `BadRequestError`."""
    # By its header first, so that a client that sends too much is refused before it has sent all.
    if (request.content_length or 0) > limit or len(content := await request.read()) > limit:
        raise BadRequestError(f"body: exceeded max body size of {limit // 1_000_000}MB")
    try:
        body = json.loads(content)
    except ValueError:
        raise BadRequestError("body: not JSON") from None
    if not isinstance(body, dict) or not isinstance(body.get("input"), dict):
        raise BadRequestError("input: must be an object")
    webhook = body.get("webhook")
    if webhook is not None and not (isinstance(webhook, str) and webhook.startswith(("http://", "https://"))):
        raise BadRequestError("webhook: must be a URL")
    return Body(body["input"], _read_policy(body.get("policy", {})), webhook)


def _read_policy(raw: Any) -> Policy:
    """Read a policy, from milliseconds to seconds. Raises `BadRequestError`."""
    default = Policy()
    try:
        execution = raw.get("executionTimeout", default.execution_timeout * 1000)
        ttl = raw.get("ttl", default.ttl * 1000)
        return Policy(float(execution) / 1000, float(ttl) / 1000, bool(raw.get("lowPriority", False)))
    except (AttributeError, TypeError, ValueError):
        raise BadRequestError("policy: executionTimeout and ttl are numbers of milliseconds") from None


def _read_ms(request: web.Request, name: str, default: int, bounds: tuple[int, int]) -> float:
    """Read a query parameter of milliseconds as seconds. Raises `BadRequestError`."""
    try:
        found = int(request.query.get(name, default))
    except ValueError:
        found = -1
    if not bounds[0] <= found <= bounds[1]:
        raise BadRequestError(f"{name}: must be between {bounds[0]} and {bounds[1]} ms")
    return found / 1000


def _job_not_found() -> web.Response:
    return _error(404, "job not found")


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": message}, status=status)
