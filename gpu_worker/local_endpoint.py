"""RunPod's REST API on this machine, over a queue in memory, with real workers behind it.

`python -m gpu_worker.local_endpoint --port 8100` in the worker's own environment. Development, tests and benchmarks
go the way that production goes; only `RUNPOD_BASE_URL` differs. The API has no feature that RunPod lacks; what tests
need beyond it lies apart, under `/_emulator/`. See `docs/emulator.md`.
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
from pathlib import Path
from typing import Final

from aiohttp import web

from gpu_worker.emulator.endpoint import Endpoint
from gpu_worker.emulator.http.client_api import ClientApi
from gpu_worker.emulator.http.debug_api import DebugApi, is_loopback
from gpu_worker.emulator.http.webhooks import WebhookSender
from gpu_worker.emulator.http.worker_api import WorkerApi
from gpu_worker.emulator.options import Options
from gpu_worker.emulator.scenario import Scenario, ScenarioError, load
from gpu_worker.emulator.workers.processes import WorkerProcesses
from gpu_worker.emulator.workers.scaler import read_scaler

MAX_BODY_BYTES: Final = 64_000_000
"""Bytes that are read at all; what RunPod allows is checked per route."""
DEFAULT_MAX_WORKERS: Final = 3
"""Workers that RunPod lets a new endpoint have."""

log = logging.getLogger("gpu_worker.endpoint")


async def serve(host: str, port: int, endpoint: Endpoint) -> None:
    """Serve until SIGTERM or SIGINT, then end every worker. Port 0 takes a free one; the log says which."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # A worker that was killed must not be given a job through the poll it left open.
    runner = web.AppRunner(make_app(host, endpoint), access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    own_host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 compared with, not bound to
    base_url = f"http://{own_host}:{runner.addresses[0][1]}"
    most = endpoint.options.max_workers
    log.info(json.dumps({"event": "listening", "url": f"{base_url}/v2", "endpoint": endpoint.name, "workers": most}))
    processes = WorkerProcesses(endpoint, base_url)
    looking_after = asyncio.create_task(processes.run())
    webhooks = asyncio.create_task(WebhookSender(endpoint).run())
    # An end of either by itself is an error, and the endpoint's end.
    await asyncio.wait(
        {looking_after, webhooks, asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED
    )
    endpoint.close()
    webhooks.cancel()
    await asyncio.gather(webhooks, return_exceptions=True)
    await processes.stop()
    await runner.cleanup()
    await looking_after


def make_app(host: str, endpoint: Endpoint) -> web.Application:
    """The endpoint's faces. Its instruments are among them only where `host` is loopback."""
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    if is_loopback(host):
        DebugApi(endpoint).add_routes(app.router)
    WorkerApi(endpoint).add_routes(app.router)
    ClientApi(endpoint, os.environ.get("RUNPOD_API_KEY", "")).add_routes(app.router)
    return app


def read_options(wish: argparse.Namespace) -> Options:
    """The command's arguments as options. Raises `ValueError`.

    `--workers N` is N workers that are always there. With a least or a most, RunPod's defaults stand for the other.
    """
    least, most = wish.min_workers, wish.max_workers
    if least is None and most is None:
        least = most = wish.workers
    least = least or 0
    return Options(
        min_workers=least,
        max_workers=max(DEFAULT_MAX_WORKERS, least) if most is None else most,
        scaler=read_scaler(wish.scaler),
        cold_start=wish.cold_start,
        idle_timeout=wish.idle_timeout,
        throttled=wish.throttled,
        price=wish.price,
        handler=wish.handler,
        stop_grace=wish.stop_grace,
        webhook_pause=wish.webhook_pause,
        longest_rest=wish.longest_rest,
    )


def read_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m gpu_worker.local_endpoint", description=(__doc__ or "").split("\n")[0]
    )
    default = Options()
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=8100, help="0 takes a free one")
    add("--endpoint-id", default="local")
    add("--workers", type=int, default=int(os.environ.get("LOCAL_GPU_WORKERS", "1")), help="that are always there")
    add("--min-workers", type=int, help='"active" ones; 0 if only --max-workers is given')
    add("--max-workers", type=int, help="3 if only --min-workers is given")
    add("--scaler", default="queue_delay:4", help="queue_delay:SECONDS or request_count:JOBS")
    add("--cold-start", type=float, default=default.cold_start, metavar="S", help="from asking to the first job")
    add("--idle-timeout", type=float, default=default.idle_timeout, metavar="S")
    add("--throttled", type=int, default=default.throttled, help="workers that never start until released")
    add("--price", type=float, default=default.price, help="dollars per second of a worker")
    add("--handler", default=default.handler, help="the module that is the worker")
    add("--scenario", type=Path, help="a JSON file of faults")
    add("--stop-grace", type=float, default=default.stop_grace, metavar="S", help="until a worker is killed")
    add("--webhook-pause", type=float, default=default.webhook_pause, metavar="S", help="between two attempts")
    add("--longest-rest", type=float, default=default.longest_rest, metavar="S", help="of a slot whose workers die")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """The command."""
    wish = read_arguments(argv)
    try:
        endpoint = Endpoint(wish.endpoint_id, read_options(wish))
        endpoint.scenario = load(wish.scenario) if wish.scenario else Scenario()
    except (ScenarioError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    asyncio.run(serve(wish.host, wish.port, endpoint))
    return 0


if __name__ == "__main__":
    sys.exit(main())
