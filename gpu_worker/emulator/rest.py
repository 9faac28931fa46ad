"""RunPod's REST API for clients: `/v2/{endpoint}/run` and its sisters. Only what RunPod has, and as RunPod has it."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

from gpu_worker.emulator.endpoint import Endpoint
from gpu_worker.emulator.jobs import LIVE, Job, Policy

RUN_LIMIT: Final = 10_000_000
RUNSYNC_LIMIT: Final = 20_000_000
"""Bytes of a request, and of its result."""
WAIT_MS: Final = (1_000, 300_000)
DEFAULT_WAIT_MS: Final = 90_000
"""How long `/runsync` holds the answer back."""

Answer = Callable[[web.Request], Awaitable[web.Response]]


class BadRequestError(Exception):
    """The client's request cannot be taken; answered with 400."""


class Rest:
    """The client's face of `endpoint`. With an `api_key`, every request must bear it."""

    def __init__(self, endpoint: Endpoint, api_key: str) -> None:
        self._endpoint = endpoint
        self._api_key = api_key

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Mount the API on an aiohttp application's router."""
        base = "/v2/{endpoint}"
        router.add_post(f"{base}/run", self._admitted(self._run))
        router.add_post(f"{base}/runsync", self._admitted(self._runsync))
        router.add_get(f"{base}/status/{{id}}", self._admitted(self._status))
        router.add_post(f"{base}/cancel/{{id}}", self._admitted(self._cancel))
        router.add_post(f"{base}/retry/{{id}}", self._admitted(self._retry))
        router.add_get(f"{base}/health", self._admitted(self._health))

    def _admitted(self, answer: Answer) -> Answer:
        async def check_then_answer(request: web.Request) -> web.Response:
            if not self._has_key(request):
                return _error(401, "unauthorized")
            if request.match_info["endpoint"] != self._endpoint.name:
                return _error(404, "endpoint not found")
            try:
                return await answer(request)
            except BadRequestError as error:
                return _error(400, f"bad request: {error}")

        return check_then_answer

    def _has_key(self, request: web.Request) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return not self._api_key or hmac.compare_digest(given.encode(), self._api_key.encode())

    async def _run(self, request: web.Request) -> web.Response:
        job_input, policy = await _read_body(request, RUN_LIMIT)
        return web.json_response(self._endpoint.jobs.submit(job_input, policy=policy).describe())

    async def _runsync(self, request: web.Request) -> web.Response:
        wait = _read_wait(request)
        job_input, policy = await _read_body(request, RUNSYNC_LIMIT)
        job = self._endpoint.jobs.submit(job_input, sync=True, policy=policy)
        clock = asyncio.get_running_loop().time
        until = clock() + wait
        while job.state in LIVE and not self._endpoint.closing() and (left := until - clock()) > 0:
            await self._endpoint.bell.heard(left)
        return web.json_response(job.describe())

    async def _status(self, request: web.Request) -> web.Response:
        job = self._find(request)
        return web.json_response(job.describe()) if job else _gone()

    async def _cancel(self, request: web.Request) -> web.Response:
        job = self._find(request)
        if job is None:
            return _gone()
        self._endpoint.jobs.cancel(job)
        return web.json_response({"id": job.id, "status": job.state.value})

    async def _retry(self, request: web.Request) -> web.Response:
        job = self._find(request)
        if job is None:
            return _gone()
        if not self._endpoint.jobs.retry(job):
            raise BadRequestError(f"a job that is {job.state.value} cannot be retried")
        return web.json_response({"id": job.id, "status": job.state.value})

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response(self._endpoint.health())

    def _find(self, request: web.Request) -> Job | None:
        return self._endpoint.jobs.get(request.match_info["id"])


async def _read_body(request: web.Request, limit: int) -> tuple[Any, Policy]:
    """The job's input and policy. Raises `BadRequestError`."""
    # By its header first: a client that sends too much is told before it has sent it.
    if (request.content_length or 0) > limit or len(content := await request.read()) > limit:
        raise BadRequestError(f"body: exceeded max body size of {limit // 1_000_000}MB")
    try:
        body = json.loads(content)
    except ValueError:
        raise BadRequestError("body: not JSON") from None
    if not isinstance(body, dict) or not isinstance(body.get("input"), dict):
        raise BadRequestError("input: must be an object")
    return body["input"], _read_policy(body.get("policy", {}))


def _read_policy(raw: Any) -> Policy:
    """Milliseconds to seconds. Raises `BadRequestError`."""
    default = Policy()
    try:
        execution = raw.get("executionTimeout", default.execution_timeout * 1000)
        ttl = raw.get("ttl", default.ttl * 1000)
        return Policy(float(execution) / 1000, float(ttl) / 1000)
    except (AttributeError, TypeError, ValueError):
        raise BadRequestError("policy: executionTimeout and ttl are numbers of milliseconds") from None


def _read_wait(request: web.Request) -> float:
    """`?wait=` in seconds. Raises `BadRequestError`."""
    try:
        wait = int(request.query.get("wait", DEFAULT_WAIT_MS))
    except ValueError:
        wait = 0
    if not WAIT_MS[0] <= wait <= WAIT_MS[1]:
        raise BadRequestError(f"wait: must be between {WAIT_MS[0]} and {WAIT_MS[1]} ms")
    return wait / 1000


def _gone() -> web.Response:
    return _error(404, "job not found")


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": message}, status=status)
