"""Asking a RunPod Serverless endpoint for work over its REST API. The only module that knows httpx.

`Endpoint` is the wire: one question, an answer or a typed error. `GpuClient` is what jobs use: nothing is sent before
the ledger has it (`gpu.sending`), and what nobody waits for any more is cancelled.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import httpx

from gpu.answers import Health, JobState, read_health, read_remote_id, read_result, read_state
from gpu.contract import Request
from gpu.errors import (
    DeadlineExceeded,
    EndpointError,
    EndpointMissing,
    GpuError,
    JobCancelled,
    JobExpired,
    RateLimited,
    RequestRefused,
    SendUncertain,
    TransportError,
    Unauthorized,
)
from gpu.ledger import UNTIMED, CallRecord, Ledger, Result
from gpu.limits import Limits, Sleep, persist
from gpu.sending import Sender

NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""Failures before the first byte of a request is on its way."""


class Call(NamedTuple):
    """One request of many, with the key of its work (`gpu.ledger.work_key`)."""

    request: Request
    key: str


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """A job that the endpoint has. `resumed`: sent by an earlier run. `deadline` counts seconds from `wait` on."""

    request: Request
    record: CallRecord
    deadline: float
    resumed: bool


class Endpoint:
    """The REST API of one endpoint. Questions that can be asked twice are; `run` asks once."""

    def __init__(self, http: httpx.AsyncClient, api_key: str, limits: Limits, sleep: Sleep) -> None:
        self._http = http
        self._api_key = api_key
        self._limits = limits
        self._sleep = sleep

    async def run(self, body: bytes) -> str:
        """Queue a job; its id. Every `EndpointError` means that it was not queued.

        Raises `SendUncertain` when it may have been: no answer, a 5xx (a gateway's), or one without an id.
        """
        try:
            answer = self._read(await self._http.post("run", content=body))
        except NOT_SENT as error:
            raise _unreachable(error) from None
        except (httpx.HTTPError, TransportError):
            raise SendUncertain("The GPU endpoint did not say whether it took the job.") from None
        remote_id = read_remote_id(answer)
        if not remote_id:
            raise SendUncertain("The GPU endpoint answered without a job id.")
        return remote_id

    async def status(self, remote_id: str) -> JobState:
        """Where a job stands. Raises `JobExpired` when the endpoint does not know it any more."""

        async def once() -> JobState:
            state = read_state(await self._ask("GET", f"status/{remote_id}"), remote_id)
            if state is None:
                raise TransportError("The GPU endpoint's answer about a job makes no sense.")
            return state

        try:
            return await persist(once, self._limits, self._sleep)
        except EndpointMissing:
            raise JobExpired("The GPU endpoint has forgotten the job.", remote_id) from None

    async def cancel(self, remote_id: str) -> None:
        await persist(lambda: self._ask("POST", f"cancel/{remote_id}"), self._limits, self._sleep)

    async def health(self) -> Health:
        return read_health(await persist(lambda: self._ask("GET", "health"), self._limits, self._sleep))

    async def _ask(self, method: str, path: str) -> Any:
        try:
            return self._read(await self._http.request(method, path))
        except httpx.HTTPError as error:
            raise _unreachable(error) from None

    def _read(self, response: httpx.Response) -> Any:
        if not response.is_success:
            raise _refusal(response)
        text = response.text
        if len(self._api_key) >= 8:  # an endpoint that echoes the key must not bring it into a row or a log
            text = text.replace(self._api_key, "…")
        try:
            return json.loads(text)
        except ValueError:
            raise TransportError("The GPU endpoint's answer is not JSON.") from None


class GpuClient:
    """Calls to one endpoint, written down in `ledger`. An async context manager; one per event loop.

    `transport`, `sleep` and `now` (Unix time in seconds) are for tests. Errors of the ledger pass through untouched.
    """

    def __init__(
        self,
        base_url: str,
        endpoint_id: str,
        api_key: str,
        *,
        ledger: Ledger,
        limits: Limits | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.url = f"{base_url.rstrip('/')}/{endpoint_id}"
        self._ledger = ledger
        self._limits = limits or Limits()
        self._sleep = sleep
        self._slots = asyncio.Semaphore(self._limits.concurrency)
        self._http = _http_client(self.url, api_key.strip(), self._limits, transport)
        self._remote = Endpoint(self._http, api_key.strip(), self._limits, sleep)
        self._sender = Sender(self.url, self._remote, ledger, self._limits, sleep, now)

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def submit(self, request: Request, key: str, deadline: float | None = None) -> RemoteJob:
        """Send the work of this key, or take up the job that already does it. `deadline` is in seconds.

        Raises `EndpointError` (nothing was queued), `SendUncertain` (after one repetition), or `JobCancelled` when
        somebody ended the call while its fate was unknown.
        """
        patience = deadline or self._limits.deadline
        known = await self._sender.take_up(request, key)
        record = known or await self._sender.send(request, key, patience)
        return RemoteJob(request, record, patience, resumed=known is not None)

    async def wait(self, job: RemoteJob) -> Result:
        """The job's result. Raises `JobError`s; an `EndpointError` leaves the job to be taken up by the next run.

        When the deadline passes, or the waiting task is cancelled, the remote job is cancelled.
        """
        if job.record.result is not None:
            return job.record.result
        try:
            async with asyncio.timeout(job.deadline):
                state = await self._until_ended(job.record.remote_id)
        except TimeoutError:
            late = DeadlineExceeded(f"The GPU took longer than {job.deadline:g} s.", job.record.remote_id)
            await self._ledger.failed(job.record, late, UNTIMED)
            await self._sender.call_off(job.record.remote_id)
            raise late from None
        except JobExpired as gone:
            await self._ledger.failed(job.record, gone, UNTIMED)
            raise
        except asyncio.CancelledError:
            with suppress(Exception):  # the run ends either way; the ledger says if the job was ours to cancel
                await self.cancel(job)
            raise
        return await self._write_down(job, state)

    async def cancel(self, job: RemoteJob) -> None:
        """Nobody wants the result: written down, then told to the endpoint as well as may be."""
        await self._ledger.cancelled(job.record)
        await self._sender.call_off(job.record.remote_id)

    async def infer(self, request: Request, key: str, deadline: float | None = None) -> Result:
        """`submit` and `wait`. A job of an earlier run that the endpoint has forgotten is sent anew, once."""
        job = await self.submit(request, key, deadline)
        try:
            return await self.wait(job)
        except JobExpired:
            if not job.resumed:
                raise
        return await self.wait(await self.submit(request, key, deadline))

    async def infer_many(self, calls: Sequence[Call], deadline: float | None = None) -> list[Result | GpuError]:
        """Side by side, `limits.concurrency` at once; each call's result or its error, in order.

        Calls of one key are made once. An error of the ledger is raised when all calls have ended.
        """
        unique = {call.key: call for call in calls}
        outcomes = await asyncio.gather(
            *(self._outcome(call, deadline) for call in unique.values()), return_exceptions=True
        )
        by_key: dict[str, Result | GpuError] = {}
        for key, found in zip(unique, outcomes, strict=True):
            if not isinstance(found, Result | GpuError):
                raise found
            by_key[key] = found
        return [by_key[call.key] for call in calls]

    async def health(self) -> Health:
        """What the endpoint says of its workers and its queue. Raises `EndpointError`."""
        return await self._remote.health()

    async def _outcome(self, call: Call, deadline: float | None) -> Result | GpuError:
        async with self._slots:
            try:
                return await self.infer(call.request, call.key, deadline)
            except GpuError as error:
                return error

    async def _until_ended(self, remote_id: str) -> JobState:
        pause = self._limits.first_poll
        while not (state := await self._remote.status(remote_id)).ended:
            await self._sleep(pause)
            pause = min(pause * 1.5, self._limits.longest_poll)
        return state

    async def _write_down(self, job: RemoteJob, state: JobState) -> Result:
        try:
            result = read_result(job.request, state)
        except JobCancelled:
            await self._ledger.cancelled(job.record)
            raise
        except GpuError as error:
            await self._ledger.failed(job.record, error, state.timings)
            raise
        await self._ledger.succeeded(job.record, result)
        return result


def _http_client(
    url: str, api_key: str, limits: Limits, transport: httpx.AsyncBaseTransport | None
) -> httpx.AsyncClient:
    loopback = httpx.URL(url).host in ("127.0.0.1", "localhost", "::1")
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {api_key}"} if api_key else {})
    return httpx.AsyncClient(
        base_url=url + "/",
        headers=headers,
        timeout=httpx.Timeout(limits.answer, connect=limits.connect),
        transport=transport,
        trust_env=not loopback,  # a proxy of the environment cannot reach this machine's own endpoint
    )


def _unreachable(error: httpx.HTTPError) -> TransportError:
    # The name only: a message of httpx can quote a header, and so the key.
    return TransportError(f"The GPU endpoint could not be reached ({type(error).__name__}).")


def _refusal(response: httpx.Response) -> EndpointError:
    code = response.status_code
    if code in (401, 403):
        return Unauthorized("The GPU endpoint does not accept the API key (RUNPOD_API_KEY).")
    if code == 404:
        return EndpointMissing("There is no such GPU endpoint (RUNPOD_ENDPOINT_ID).")
    if code == 429:
        return RateLimited("The GPU endpoint asks to slow down.", _retry_after(response))
    if code >= 500:
        return TransportError(f"The GPU endpoint is out of order (HTTP {code}).")
    return RequestRefused(f"The GPU endpoint refused the request (HTTP {code}).")


def _retry_after(response: httpx.Response) -> float:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else 0.0
