"""A webhook: its address in the request, its signal as a reason to poll, and the uncertain send that it names."""

from __future__ import annotations

import json
import logging

import httpx
import pytest

from gpu.call.poll import InterruptibleSleep
from gpu.call.submit import run_body
from gpu.contract import Request
from gpu.errors import JobFailed
from gpu.ledger import UNTIMED, CallRecord, MemoryLedger, Timings
from tests.gpu.conftest import ClientFactory, Clock
from tests.gpu.fake_runpod import KEY, PNG, FakeRunpod

SIGNATURE = "c2lnbmF0dXJl"


def webhook_address(record: CallRecord) -> str:
    return f"https://app.test/hooks/gpu/{record.key}/{record.attempt}?sig={SIGNATURE}"


class TimedSignals:
    """Signals that tell of a call `after` so many seconds, as often as they are asked."""

    def __init__(self, clock: Clock, after: float) -> None:
        self._clock = clock
        self._at = clock.time + after
        self.asked: list[tuple[str, float]] = []

    async def wait_for_signal(self, record: CallRecord, seconds: float) -> bool:
        self.asked.append((record.key, seconds))
        until = self._clock.time + seconds
        await self._clock.sleep(max(0.0, min(until, self._at) - self._clock.time))
        return self._at <= until


class BrokenSignals:
    async def wait_for_signal(self, record: CallRecord, seconds: float) -> bool:
        raise ConnectionError("Redis has gone")


async def test_each_send_bears_the_address_of_its_own_call(
    runpod: FakeRunpod, new_client: ClientFactory, matte_request: Request
) -> None:
    runpod.fail("run", httpx.ReadTimeout("no answer"))
    await new_client(webhook=webhook_address).submit(matte_request, "k")
    sends = [json.loads(request.content) for request in runpod.requests if request.url.path.endswith("/run")]
    assert [send["webhook"] for send in sends] == [
        f"https://app.test/hooks/gpu/k/1?sig={SIGNATURE}",
        f"https://app.test/hooks/gpu/k/2?sig={SIGNATURE}",
    ]


async def test_without_a_public_address_there_is_no_webhook(
    runpod: FakeRunpod, new_client: ClientFactory, matte_request: Request
) -> None:
    await new_client(webhook=lambda record: "").submit(matte_request, "k")
    assert "webhook" not in runpod.bodies[0]
    assert "webhook" not in json.loads(run_body(matte_request, 60.0))


async def test_news_of_a_job_is_a_reason_to_ask_at_once(
    runpod: FakeRunpod, new_client: ClientFactory, matte_request: Request, clock: Clock
) -> None:
    runpod.polls_until_done = 0
    signals = TimedSignals(clock, after=0.7)
    result = await new_client(signals=signals).infer(matte_request, "k", expected=30.0)
    assert result.frames == (PNG,)
    assert sum(clock.slept) == pytest.approx(0.7)
    assert signals.asked == [("k", 2.0)]


async def test_news_that_comes_too_soon_is_followed_by_polling(
    runpod: FakeRunpod, new_client: ClientFactory, matte_request: Request, clock: Clock
) -> None:
    runpod.polls_until_done = 3
    signals = TimedSignals(clock, after=0.0)
    assert (await new_client(signals=signals).infer(matte_request, "k")).frames == (PNG,)
    assert len(signals.asked) == 1
    assert clock.slept == pytest.approx([0.0, 0.075, 0.1125])


async def test_a_webhook_that_never_comes_costs_nothing_but_the_polls(
    runpod: FakeRunpod, new_client: ClientFactory, matte_request: Request, clock: Clock
) -> None:
    runpod.polls_until_done = 2
    signals = TimedSignals(clock, after=1e9)
    assert (await new_client(signals=signals).infer(matte_request, "k")).frames == (PNG,)
    assert clock.slept == pytest.approx([0.05, 0.075])


async def test_signals_that_break_are_done_without(
    runpod: FakeRunpod, new_client: ClientFactory, matte_request: Request, clock: Clock
) -> None:
    runpod.polls_until_done = 2
    assert (await new_client(signals=BrokenSignals()).infer(matte_request, "k")).frames == (PNG,)
    assert clock.slept == pytest.approx([0.05, 0.075])


async def test_a_pause_tells_whether_it_ended_with_news(clock: Clock) -> None:
    record = CallRecord("k", 1, "url", "submitted")
    pauses = InterruptibleSleep(clock, TimedSignals(clock, after=0.5))
    assert [await pauses.sleep(record, 0.3) for _ in range(3)] == [False, True, False]
    assert clock.slept == pytest.approx([0.3, 0.2, 0.3])


class ClaimableLedger(MemoryLedger):
    """The row of a call whose job a webhook names while its send is uncertain."""

    def claim(self, remote_id: str) -> None:
        index = next(i for i, row in enumerate(self.rows) if row.status == "uncertain")
        row = self.rows[index]
        self.rows[index] = CallRecord(row.key, row.attempt, row.endpoint, "submitted", remote_id, row.sent_at)


async def test_a_webhook_that_names_an_uncertain_send_saves_the_wait_and_the_repetition(
    runpod: FakeRunpod, new_client: ClientFactory, matte_request: Request, clock: Clock
) -> None:
    ledger = ClaimableLedger(now=clock.now)

    class Naming(TimedSignals):
        async def wait_for_signal(self, record: CallRecord, seconds: float) -> bool:
            if heard := await super().wait_for_signal(record, seconds):
                ledger.claim("job-1")
            return heard

    runpod.fail("run", runpod.take_and_lose_the_answer)
    runpod.polls_until_done = 0
    result = await new_client(ledger, signals=Naming(clock, after=2.5)).infer(matte_request, "k")
    assert result.frames == (PNG,)
    assert sum(clock.slept) == pytest.approx(2.5)
    assert (len(runpod.bodies), [row.status for row in ledger.rows]) == (1, ["succeeded"])


async def test_a_webhook_that_comes_in_the_moment_of_the_repetition_still_wins(
    runpod: FakeRunpod, new_client: ClientFactory, matte_request: Request, clock: Clock
) -> None:
    class LastMoment(ClaimableLedger):
        async def resend(self, record: CallRecord, timings: Timings = UNTIMED) -> CallRecord:
            self.claim("job-1")
            return await super().resend(record, timings)

    ledger = LastMoment(now=clock.now)
    runpod.fail("run", runpod.take_and_lose_the_answer)
    assert (await new_client(ledger).infer(matte_request, "k")).frames == (PNG,)
    assert (len(runpod.bodies), [row.status for row in ledger.rows]) == (1, ["succeeded"])


async def test_neither_the_signature_nor_the_key_gets_into_a_log_or_an_error(
    runpod: FakeRunpod, new_client: ClientFactory, matte_request: Request, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    runpod.fail("run", httpx.Response(503, text=KEY))
    runpod.outcome = lambda body: {"status": "FAILED", "error": f"could not post {body['webhook']} with {KEY}"}
    with pytest.raises(JobFailed) as caught:
        await new_client(webhook=webhook_address).infer(matte_request, "k")
    shown = repr(caught.value) + caught.value.message + caplog.text
    assert "https://app.test/…" in caught.value.message
    assert SIGNATURE not in shown
    assert KEY not in shown
