"""The API that RunPod's SDK calls from inside a worker: take a job, hand in its result, learn which jobs to stop.

Addresses and shapes are those that the SDK (1.12) asks for; `worker_environment` tells it where they are.
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable
from typing import Any, Final, TypeVar

from aiohttp import web

from gpu.contract import RUN_BODY_LIMIT, RUNSYNC_BODY_LIMIT
from gpu_worker.emulator.corrupt import corrupt_result
from gpu_worker.emulator.endpoint import Endpoint
from gpu_worker.emulator.jobs.job import Job, State

LONG_POLL_S: Final = 20.0
"""Seconds that a poll is held open. The SDK itself gives up after 90 s."""
CHECK_EVERY_S: Final = 1.0
CRASH_AFTER_S: Final = 0.1
"""The delay unless a scenario sets another: long enough for the worker to have begun."""

Found = TypeVar("Found")


class WorkerApi:
    """The API of `endpoint` for its workers. A worker id is known to its worker alone, so it proves who asks."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Mount the worker API on an aiohttp application's router."""
        base = f"/v2/{self._endpoint.name}"
        router.add_get(f"{base}/job-take/{{worker}}", self._take)
        router.add_get(f"{base}/job-take-batch/{{worker}}", self._take_batch)
        router.add_get(f"{base}/job-stop/{{worker}}", self._stop)
        router.add_get(f"{base}/ping/{{worker}}", self._ping)
        router.add_post(f"{base}/job-done/{{worker}}/{{id}}", self._done)
        router.add_post(f"{base}/job-stream/{{worker}}/{{id}}", self._stream)

    async def _take(self, request: web.Request) -> web.Response:
        jobs = await self._next_jobs(request, 1)
        return web.json_response(jobs[0]) if jobs else web.Response(status=204)

    async def _take_batch(self, request: web.Request) -> web.Response:
        jobs = await self._next_jobs(request, int(request.query.get("batch_size", 1)))
        return web.json_response(jobs) if jobs else web.Response(status=204)

    async def _stop(self, request: web.Request) -> web.Response:
        worker = self._worker_id(request)
        ids = await self._long_poll(lambda: self._endpoint.jobs.cancellations.due(worker))
        return web.json_response({"jobsToStop": ids}) if ids else web.Response(status=204)

    async def _ping(self, request: web.Request) -> web.Response:
        # A ping proves a living process, not a loaded model: only asking for a job makes a worker ready.
        return web.json_response({"worker": request.match_info["worker"]})

    async def _done(self, request: web.Request) -> web.Response:
        worker, job_id = self._worker_id(request), request.match_info["id"]
        content = await request.read()
        if len(content) > (RUNSYNC_BODY_LIMIT if job_id.startswith("sync-") else RUN_BODY_LIMIT):
            # As RunPod does: the result is gone, and the job counts as completed.
            self._endpoint.jobs.finish(job_id, worker, {})
            return web.json_response({"error": "result too large"}, status=400)
        result = json.loads(content)
        if result.get("status") == "IN_PROGRESS":
            self._endpoint.jobs.progress(job_id, worker, result.get("output"))
        else:
            self._finish(job_id, worker, result)
        return web.json_response({})

    async def _stream(self, request: web.Request) -> web.Response:
        worker, job_id = self._worker_id(request), request.match_info["id"]
        chunk = json.loads(await request.read())
        job = self._endpoint.jobs.get(job_id)
        if job is not None and worker in job.holders:
            job.chunks.append(chunk)
        return web.json_response({})

    def _finish(self, job_id: str, worker: str, result: dict[str, Any]) -> None:
        """Record a result, after the scenario's faults."""
        job = self._endpoint.jobs.get(job_id)
        if job is None or job.state is not State.IN_PROGRESS or worker not in job.holders:
            self._endpoint.jobs.finish(job_id, worker, result)
            return
        faults = self._endpoint.scenario.on_result(job)
        for fault in faults:
            result = corrupt_result(fault.fault, result, fault.frames(job))
        self._endpoint.jobs.finish(job_id, worker, result)
        if any(fault.fault == "duplicate_result" for fault in faults):
            self._endpoint.jobs.finish(job_id, worker, result)
            self._endpoint.queue_webhook(job)

    async def _next_jobs(self, request: web.Request, most: int) -> list[dict[str, Any]]:
        worker = self._worker_id(request)
        if request.query.get("job_in_progress") == "0":
            self._endpoint.jobs.worker_free(worker)

        def take() -> list[dict[str, Any]]:
            if not self._endpoint.workers.request_job(worker):
                return []
            taken = [job for _ in range(most) if (job := self._endpoint.jobs.take(worker))]
            for job in taken:
                self._apply_take_faults(job, worker)
            return [{"id": job.id, "input": job.input} for job in taken]

        return await self._long_poll(take, lambda: self._endpoint.workers.seconds_until_open(worker) or CHECK_EVERY_S)

    def _apply_take_faults(self, job: Job, worker: str) -> None:
        """Apply the scenario's faults to a job that was just taken, or to its worker."""
        for fault in self._endpoint.scenario.on_take(job):
            if fault.fault == "duplicate_delivery":
                self._endpoint.jobs.deliver_twice(job)
                continue
            if fault.fault == "forgotten":
                job.forgotten = True
                continue
            number = signal.SIGKILL if fault.fault == "crash" else signal.SIGSTOP
            self._endpoint.schedule_signal(worker, number, CRASH_AFTER_S if fault.seconds is None else fault.seconds)

    def _worker_id(self, request: web.Request) -> str:
        """Return the worker's id. Raises 401 for a stranger, such as a worker of an earlier endpoint."""
        worker: str = request.match_info["worker"]
        if not self._endpoint.workers.is_known(worker):
            raise web.HTTPUnauthorized
        return worker

    async def _long_poll(
        self, look: Callable[[], list[Found]], rest: Callable[[], float] = lambda: CHECK_EVERY_S
    ) -> list[Found]:
        """Call `look` at each notification and after each `rest`, until it finds something or time is over."""
        clock = asyncio.get_running_loop().time
        until = clock() + LONG_POLL_S
        while not self._endpoint.closing() and (left := until - clock()) > 0:
            if found := look():
                return found
            await self._endpoint.notifier.wait(min(left, rest(), CHECK_EVERY_S))
        return []


def worker_environment(base_url: str, endpoint: str, worker: str) -> dict[str, str]:
    """Return the variables that lead the SDK to this API. `base_url` has no path: `http://127.0.0.1:8100`."""
    base = f"{base_url}/v2/{endpoint}"
    return {
        "RUNPOD_ENDPOINT_ID": endpoint,
        "RUNPOD_POD_ID": worker,
        "RUNPOD_AI_API_KEY": worker,
        # The SDK appends "&…" to these, so each needs its "?".
        "RUNPOD_WEBHOOK_GET_JOB": f"{base}/job-take/$ID?gpu=local",
        "RUNPOD_WEBHOOK_POST_OUTPUT": f"{base}/job-done/$RUNPOD_POD_ID/$ID?gpu=local",
        "RUNPOD_WEBHOOK_POST_STREAM": f"{base}/job-stream/$RUNPOD_POD_ID/$ID?gpu=local",
        "RUNPOD_WEBHOOK_PING": f"{base}/ping/$RUNPOD_POD_ID",
        "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS": "true",
        "RUNPOD_SKIP_GPU_CHECK": "true",
        "RUNPOD_LOG_LEVEL": "WARN",
    }
