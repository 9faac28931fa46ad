"""Call the webhooks of jobs that have ended, as RunPod does: anything but 200 is tried twice more."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from gpu_worker.emulator.endpoint import Endpoint
from gpu_worker.emulator.jobs.job import Job

ATTEMPTS: Final = 3
TIMEOUT_S: Final = 30.0
"""Seconds that a receiver has to answer."""

log = logging.getLogger("gpu_worker.endpoint")


class WebhookSender:
    """Sends each of `endpoint.ended_jobs` in a task of its own, so that a slow receiver delays no other."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._sending: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Send until cancelled; deliveries under way are given up then."""
        async with ClientSession(timeout=ClientTimeout(total=TIMEOUT_S)) as session:
            try:
                while True:
                    self._start_deliveries(session, await self._endpoint.ended_jobs.get())
            finally:
                for task in self._sending:
                    task.cancel()

    def _start_deliveries(self, session: ClientSession, job: Job) -> None:
        kinds = {fault.fault for fault in self._endpoint.scenario.on_webhook(job)}
        times = 0 if "webhook_lost" in kinds else 2 if "webhook_twice" in kinds else 1
        # Its state now: a retry may change it before the last attempt.
        body = describe(job)
        for _ in range(times):
            task = asyncio.create_task(self._deliver(session, str(job.webhook), body))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _deliver(self, session: ClientSession, url: str, body: dict[str, Any]) -> None:
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(self._endpoint.options.webhook_pause)
            try:
                async with session.post(url, json=body, allow_redirects=False) as answer:
                    status: int | str = answer.status
            except (ClientError, TimeoutError, ValueError) as error:
                status = type(error).__name__
            if status == 200:
                return
            log.warning(json.dumps({"event": "webhook not delivered", "job": body["id"], "answer": status}))


def describe(job: Job) -> dict[str, Any]:
    """Return a webhook's body: the job as `/status` shows it, with its input and its webhook."""
    return job.describe() | {"input": job.input, "webhook": job.webhook}
