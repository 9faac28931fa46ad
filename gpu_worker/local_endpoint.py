"""RunPod's REST API on this machine, over a queue in memory, with real workers behind it.

`python -m gpu_worker.local_endpoint --port 8100` in the worker's own environment. Development, tests and benchmarks
go the way that production goes; only `RUNPOD_BASE_URL` differs. It has no feature that RunPod lacks.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from gpu_worker.emulator.control import Control
from gpu_worker.emulator.endpoint import Endpoint
from gpu_worker.emulator.processes import WorkerProcesses
from gpu_worker.emulator.rest import Rest

LARGEST_BODY: Final = 64_000_000
"""Bytes that are read at all; what RunPod allows is checked per route."""
SWEEP_EVERY_S: Final = 1.0

log = logging.getLogger("gpu_worker.endpoint")


async def serve(host: str, port: int, workers: int, name: str) -> None:
    """Serve until SIGTERM or SIGINT, then end every worker. Port 0 takes a free one; the log says which."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    endpoint = Endpoint(name)
    app = web.Application(client_max_size=LARGEST_BODY)
    Control(endpoint).add_routes(app.router)
    Rest(endpoint, os.environ.get("RUNPOD_API_KEY", "")).add_routes(app.router)
    # A worker that was killed must not be given a job through the poll it left open.
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    own_host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 compared with, not bound to
    base_url = f"http://{own_host}:{runner.addresses[0][1]}"
    log.info(json.dumps({"event": "listening", "url": f"{base_url}/v2", "endpoint": name, "workers": workers}))
    processes = WorkerProcesses(endpoint, base_url, workers)
    processes.start()
    while not stop.is_set():
        endpoint.jobs.sweep()
        await _wait(stop, SWEEP_EVERY_S)
    endpoint.close()
    await processes.stop()
    await runner.cleanup()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return


def main(argv: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m gpu_worker.local_endpoint", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--workers", type=int, default=int(os.environ.get("LOCAL_GPU_WORKERS", "1")))
    parser.add_argument("--endpoint-id", default="local")
    wish = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    asyncio.run(serve(wish.host, wish.port, wish.workers, wish.endpoint_id))
    return 0


if __name__ == "__main__":
    sys.exit(main())
