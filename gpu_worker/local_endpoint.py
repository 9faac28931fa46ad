"""RunPod's REST API on this machine, over a queue in memory, with real workers behind it.

Run `python -m gpu_worker.local_endpoint --port 8100` in the worker's own environment. Development, tests and
benchmarks take the same path as production; only `RUNPOD_BASE_URL` differs. The API has no feature that RunPod lacks;
what tests need beyond it is under `/_emulator/`. See `docs/emulator.md`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import secrets
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aiohttp import web

from gpu_worker.emulator.endpoint import Endpoint
from gpu_worker.emulator.http.client_api import ClientApi
from gpu_worker.emulator.http.debug_api import DebugApi
from gpu_worker.emulator.http.guard import Guard, is_loopback
from gpu_worker.emulator.http.webhooks import WebhookSender
from gpu_worker.emulator.http.worker_api import WorkerApi
from gpu_worker.emulator.options import Options
from gpu_worker.emulator.processes import WorkerProcesses
from gpu_worker.emulator.scaler import read_scaler
from gpu_worker.emulator.scenario import Scenario, ScenarioError, load

MAX_BODY_BYTES: Final = 64_000_000
"""Bytes that are read at all; what RunPod allows is checked per route."""
DEFAULT_MAX_WORKERS: Final = 3
"""Workers that RunPod lets a new endpoint have."""

log = logging.getLogger("gpu_worker.endpoint")


async def serve(host: str, port: int, endpoint: Endpoint) -> None:
    """Serve until SIGTERM or SIGINT, then end every worker. Port 0 takes a free one, which the log names.

    The log names the key too where nobody has set one.
    """
    given = os.environ.get("RUNPOD_API_KEY") or os.environ.get("LOCAL_GPU_KEY") or ""
    key = given or secrets.token_urlsafe(24)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = await _start_site(host, port, make_app(host, endpoint, key))
    own_host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 compared with, not bound to
    base_url = f"http://{own_host}:{runner.addresses[0][1]}"
    maximum = endpoint.options.max_workers
    shown = {"event": "listening", "url": f"{base_url}/v2", "endpoint": endpoint.name, "workers": maximum}
    log.info(json.dumps(shown if given else shown | {"key": key}))
    processes_task = await _run_until(stop, endpoint, WorkerProcesses(endpoint, base_url))
    await runner.cleanup()
    await processes_task


async def _start_site(host: str, port: int, app: web.Application) -> web.AppRunner:
    # A worker that was killed must not be given a job through the poll it left open.
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner


async def _run_until(stop: asyncio.Event, endpoint: Endpoint, processes: WorkerProcesses) -> asyncio.Task[None]:
    """Run the workers and call webhooks until `stop`; return the task of the workers, which are stopped by then."""
    processes_task = asyncio.create_task(processes.run())
    webhooks = asyncio.create_task(WebhookSender(endpoint).run())
    # An end of either by itself is an error, and the endpoint's end.
    await asyncio.wait(
        {processes_task, webhooks, asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED
    )
    endpoint.close()
    webhooks.cancel()
    await asyncio.gather(webhooks, return_exceptions=True)
    await processes.stop()
    return processes_task


def make_app(host: str, endpoint: Endpoint, key: str) -> web.Application:
    """Mount the three APIs. The debug API is there only where `host` is loopback."""
    guard = Guard(key, is_loopback(host))
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[guard.middleware()])
    if is_loopback(host):
        DebugApi(endpoint).add_routes(app.router)
    WorkerApi(endpoint).add_routes(app.router)
    ClientApi(endpoint).add_routes(app.router)
    return app


def read_options(arguments: argparse.Namespace) -> Options:
    """Turn the command's arguments into options. Raises `ValueError`.

    `--workers N` is N workers that are always there. With a minimum or a maximum, RunPod's default stands for the
    other.
    """
    minimum, maximum = arguments.min_workers, arguments.max_workers
    if minimum is None and maximum is None:
        minimum = maximum = arguments.workers
    minimum = minimum or 0
    return Options(
        min_workers=minimum,
        max_workers=max(DEFAULT_MAX_WORKERS, minimum) if maximum is None else maximum,
        scaler=read_scaler(arguments.scaler),
        cold_start=arguments.cold_start,
        idle_timeout=arguments.idle_timeout,
        throttled=arguments.throttled,
        price=arguments.price,
        handler=arguments.handler,
        stop_grace=arguments.stop_grace,
        webhook_pause=arguments.webhook_pause,
        webhook_base=arguments.webhook_base,
        longest_rest=arguments.longest_rest,
    )


def read_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
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
    add("--webhook-base", default=os.environ.get("PUBLIC_URL", ""), metavar="URL", help="of the only webhooks called")
    add("--longest-rest", type=float, default=default.longest_rest, metavar="S", help="of a slot whose workers die")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    arguments = read_arguments(argv)
    try:
        endpoint = Endpoint(arguments.endpoint_id, read_options(arguments))
        endpoint.scenario = load(arguments.scenario) if arguments.scenario else Scenario()
    except (ScenarioError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    asyncio.run(serve(arguments.host, arguments.port, endpoint))
    return 0


if __name__ == "__main__":
    sys.exit(main())
