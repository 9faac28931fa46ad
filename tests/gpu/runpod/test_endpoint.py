"""One question to the endpoint, one answer or a typed error: what the client's own tests do not reach."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from gpu.errors import EndpointError, GpuError, JobNotFound, NotConnected, SendUncertain, TransportError
from gpu.runpod.endpoint import Endpoint
from gpu.runpod.policy import CallPolicy
from tests.gpu.conftest import Clock
from tests.gpu.fake_runpod import KEY, URL, FakeRunpod

BRIEF = CallPolicy(exchange_timeout=0.02, max_tries=2)


class DrippingStream(httpx.AsyncByteStream):
    """An answer of which a byte comes now and then, for ever: no silence is too long."""

    async def __aiter__(self):  # type: ignore[no-untyped-def]
        while True:
            await asyncio.sleep(0.001)
            yield b" "


@pytest.fixture
def dripping(clock: Clock) -> Endpoint:
    async def drip(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=DrippingStream())

    return Endpoint(f"{URL}/ep", KEY, BRIEF, clock, httpx.MockTransport(drip))


async def test_a_send_whose_answer_never_ends_is_uncertain(dripping: Endpoint) -> None:
    with pytest.raises(SendUncertain):
        await dripping.run(b"{}")


async def test_a_question_whose_answer_never_ends_is_given_up(dripping: Endpoint) -> None:
    with pytest.raises(TransportError, match="TimeoutError"):
        await dripping.health()


async def test_what_no_database_stores_is_left_out_of_an_answer(clock: Clock) -> None:
    body = r'{"status": "FAILED", "error": "no \u0000\ud800 text", "output": {"a\u0000": [NaN, 1e999, 0.5, "ü"]}}'
    endpoint = Endpoint(f"{URL}/ep", KEY, BRIEF, clock, httpx.MockTransport(lambda _: httpx.Response(200, text=body)))
    state = await endpoint.status("job-1")
    assert (state.error, state.output) == ("no  text", {"a": [None, None, 0.5, "ü"]})


@pytest.mark.parametrize("status", [301, 302, 307, 407])
async def test_another_server_in_its_place_has_not_taken_the_job(clock: Clock, status: int) -> None:
    page = httpx.Response(status, headers={"Location": "https://login.example/"}, html="<p>Sign in")
    endpoint = Endpoint(f"{URL}/ep", KEY, BRIEF, clock, httpx.MockTransport(lambda _: page))
    with pytest.raises(NotConnected):
        await endpoint.run(b"{}")
    with pytest.raises(NotConnected):
        await endpoint.status("job-1")


@pytest.mark.parametrize("remote_id", ["../../other/status/1", "a b?c#d", "ü"])
async def test_an_id_cannot_lead_to_another_path(clock: Clock, remote_id: str) -> None:
    seen: list[str] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path.decode())
        return httpx.Response(404)

    endpoint = Endpoint(f"{URL}/ep", KEY, BRIEF, clock, httpx.MockTransport(note))
    with pytest.raises(JobNotFound):
        await endpoint.status(remote_id)
    with pytest.raises(JobNotFound):
        await endpoint.cancel(remote_id)
    assert [path.rpartition("/")[0] for path in seen] == ["/v2/ep/status", "/v2/ep/cancel"]


async def test_the_endpoint_runs_tells_cancels_and_closes(runpod: FakeRunpod, clock: Clock) -> None:
    endpoint = Endpoint(f"{URL}/ep", KEY, CallPolicy(), clock, httpx.MockTransport(runpod.handle))
    async with endpoint:
        remote_id = await endpoint.run(b'{"input": {"images": []}}')
        assert (await endpoint.status(remote_id)).state == "IN_QUEUE"
        await endpoint.cancel(remote_id)
        assert dict((await endpoint.health()).jobs) == {"inQueue": 3}
    assert runpod.cancelled == ["job-1"]
    with pytest.raises(RuntimeError, match="closed"):
        await endpoint.health()


async def test_a_key_within_an_answer_is_blotted_out(clock: Clock) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"status": "FAILED", "error": f"no {request.headers['Authorization']}"})

    endpoint = Endpoint(f"{URL}/ep", KEY, CallPolicy(), clock, httpx.MockTransport(echo))
    assert (await endpoint.status("job-1")).error == "no Bearer …"


@pytest.mark.parametrize(
    ("status", "setting", "words"),
    [
        (401, "RUNPOD_API_KEY", "The GPU endpoint does not accept our key."),
        (403, "LOCAL_GPU_KEY", "The GPU endpoint does not accept our key."),
        (404, "RUNPOD_ENDPOINT_ID", "There is no GPU endpoint of this name."),
    ],
)
async def test_a_wrong_setting_is_named_in_the_log_and_not_to_people(
    clock: Clock, caplog: pytest.LogCaptureFixture, status: int, setting: str, words: str
) -> None:
    endpoint = Endpoint(f"{URL}/ep", KEY, CallPolicy(), clock, httpx.MockTransport(lambda _: httpx.Response(status)))
    for question in (endpoint.run(b"{}"), endpoint.health()):
        caplog.clear()
        with pytest.raises(EndpointError) as caught:
            await question
        assert caught.value.message == words
        assert setting in caplog.text
    caplog.clear()
    with pytest.raises(GpuError) as caught_late:
        await endpoint.status("job-1")
    assert "RUNPOD" not in caught_late.value.message + caplog.text


async def test_no_more_requests_than_the_policy_allows_are_under_way_at_once(clock: Clock) -> None:
    under_way: list[int] = [0]
    most: list[int] = [0]

    async def answer(request: httpx.Request) -> httpx.Response:
        under_way[0] += 1
        most[0] = max(most[0], under_way[0])
        await asyncio.sleep(0)
        under_way[0] -= 1
        return httpx.Response(200, json={"id": "job-1"})

    endpoint = Endpoint(f"{URL}/ep", KEY, CallPolicy(concurrency=3), clock, httpx.MockTransport(answer))
    await asyncio.gather(*(endpoint.run(b"{}") for _ in range(10)))
    assert most == [3]
