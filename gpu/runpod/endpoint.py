"""The wire to one RunPod Serverless endpoint: one question, an answer or a typed error. The only module with httpx.

Jobs go by `/run`, never by `/runsync?wait=`, although that would save the last poll: its id comes with the answer,
so that every execution, and not only the send, would be a time in which a kill leaves a call `uncertain`; its result
is kept for one minute instead of thirty, too short for a run to come back; and it holds a connection for each job.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import quote

import httpx

from gpu.clock import Clock, SystemClock
from gpu.errors import (
    EndpointError,
    EndpointMissing,
    JobNotFound,
    NotConnected,
    RateLimited,
    RequestRefused,
    RequestTooLarge,
    SendUncertain,
    TransportError,
    Unauthorized,
)
from gpu.runpod.policy import CallPolicy
from gpu.runpod.responses import Health, JobState, read_health, read_remote_id, read_state
from gpu.runpod.retry import retry

log: Final = logging.getLogger(__name__)

Transport = httpx.AsyncBaseTransport
Answer = TypeVar("Answer")
CONNECT_ERRORS: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""Failures before the first byte of a request is on its way."""
UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
SETTINGS: Final = {
    Unauthorized: "RUNPOD_API_KEY (of a local endpoint LOCAL_GPU_KEY)",
    EndpointMissing: "RUNPOD_ENDPOINT_ID",
}
"""The setting that an operator has to look at. Errors are read by everybody, so it stands in the log only."""


class Endpoint:
    """The REST API of the endpoint at `url` (`<base URL>/<endpoint id>`).

    Questions that can be asked twice are; `run` asks once. At most `policy.concurrency` requests are under way.
    `answered_at` and `failed_at` are when it last made sense, and last did not: Unix time, 0.0 for never.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        policy: CallPolicy | None = None,
        clock: Clock | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.policy = policy or CallPolicy()
        self._api_key = api_key.strip()
        self._clock = clock or SystemClock()
        self._http = _http_client(self.url, self._api_key, self.policy, transport)
        self._slots = asyncio.Semaphore(self.policy.concurrency)
        self.answered_at = self.failed_at = 0.0

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def run(self, body: bytes) -> str:
        """Queue a job and return its id. Every `EndpointError` means that it was not queued.

        Raises `SendUncertain` when it may have been: no answer, a 5xx (a gateway's), or one without an id.
        """
        try:
            remote_id = await self._request("POST", "run", read_remote_id, body)
        except NotConnected:
            raise
        except TransportError:
            raise SendUncertain("The GPU endpoint did not say whether it took the job.") from None
        except (Unauthorized, EndpointMissing) as error:
            _log_setting(error)
            raise
        if not remote_id:
            raise SendUncertain("The GPU endpoint answered without a job id.")
        return remote_id

    async def status(self, remote_id: str) -> JobState:
        """Ask where a job stands. Raises `JobNotFound` when the endpoint says that it does not know it."""
        path, read = _path("status", remote_id), partial(read_state, remote_id=remote_id)
        try:
            return await retry(lambda: self._request("GET", path, read), self.policy, self._clock)
        except EndpointMissing:
            raise _not_found(remote_id) from None

    async def cancel(self, remote_id: str) -> None:
        """Tell that nobody wants the job. Raises `EndpointError`, or `JobNotFound`."""
        try:
            path = _path("cancel", remote_id)
            await retry(lambda: self._request("POST", path, lambda _body: None), self.policy, self._clock)
        except EndpointMissing:
            raise _not_found(remote_id) from None

    async def health(self) -> Health:
        """Ask for the endpoint's counts of workers and jobs. Raises `EndpointError`."""
        try:
            return await retry(lambda: self._request("GET", "health", read_health), self.policy, self._clock)
        except (Unauthorized, EndpointMissing) as error:
            _log_setting(error)
            raise

    async def _request(
        self, method: str, path: str, read: Callable[[object], Answer], body: bytes | None = None
    ) -> Answer:
        """Ask once, and read the answer's JSON. Raises `EndpointError`."""
        try:
            async with self._slots, asyncio.timeout(self.policy.exchange_timeout):
                response = await self._http.request(method, path, content=body)
            if not response.is_success:
                raise _error_of(response)
            answer = read(_parse_json(response.text, self._api_key))
        except (httpx.HTTPError, TimeoutError, TransportError) as error:
            self.failed_at = self._clock.now()
            raise _unreachable(error) from None
        self.answered_at = self._clock.now()
        return answer


def _parse_json(text: str, api_key: str) -> object:
    if len(api_key) >= 8:  # an endpoint that echoes the key must not bring it into a row or a log
        text = text.replace(api_key, "…")
    try:
        return _storable(json.loads(text))
    except (ValueError, RecursionError):
        raise TransportError("The GPU endpoint's answer is not JSON.") from None


def _storable(value: Any) -> Any:
    """Return an answer without what no database can store: zeroes, halves of surrogate pairs, numbers that are none.

    A worker's words may hold the first, since they quote what a program has said.
    """
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _http_client(url: str, api_key: str, policy: CallPolicy, transport: Transport | None) -> httpx.AsyncClient:
    loopback = httpx.URL(url).host in ("127.0.0.1", "localhost", "::1")
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {api_key}"} if api_key else {})
    return httpx.AsyncClient(
        base_url=url + "/",
        headers=headers,
        timeout=httpx.Timeout(policy.read_timeout, connect=policy.connect_timeout),
        transport=transport,
        trust_env=not loopback,  # a proxy of the environment cannot reach this machine's own endpoint
    )


def _path(action: str, remote_id: str) -> str:
    # An id is the endpoint's own word: it may not lead to another path.
    return f"{action}/{quote(remote_id, safe='')}"


def _not_found(remote_id: str) -> JobNotFound:
    return JobNotFound("The GPU endpoint does not know the job.", remote_id)


def _unreachable(error: Exception) -> TransportError:
    if isinstance(error, TransportError):
        return error
    # The name only: a message of httpx can quote a header, and so the key.
    kind = NotConnected if isinstance(error, CONNECT_ERRORS) else TransportError
    return kind(f"The GPU endpoint could not be reached ({type(error).__name__}).")


def _log_setting(error: Unauthorized | EndpointMissing) -> None:
    log.error("%s Look at the setting %s.", error.message, SETTINGS[type(error)])


def _error_of(response: httpx.Response) -> EndpointError:
    code = response.status_code
    if code in (401, 403):
        return Unauthorized("The GPU endpoint does not accept our key.")
    if code == 404:
        return EndpointMissing("There is no GPU endpoint of this name.")
    if code == 429:
        return RateLimited("The GPU endpoint asks to slow down.", _retry_after(response))
    if code < 400 or code == 407:
        # A redirect to a page for signing in, a proxy that wants a password: the endpoint has not heard of it.
        return NotConnected(f"Something else answers in place of the GPU endpoint (HTTP {code}).")
    if code >= 500:
        return TransportError(f"The GPU endpoint is out of order (HTTP {code}).")
    if code == 413 or (code == 400 and "max body size" in response.text):
        return RequestTooLarge("The request is larger than the GPU endpoint takes.")
    return RequestRefused(f"The GPU endpoint refused the request (HTTP {code}).")


def _retry_after(response: httpx.Response) -> float:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else 0.0
