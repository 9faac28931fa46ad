"""Debug API for tests and benchmarks under `/_emulator/`: no part of RunPod's API, and on loopback only."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from gpu_worker.emulator.endpoint import Endpoint
from gpu_worker.emulator.http.guard import is_loopback
from gpu_worker.emulator.scenario import ScenarioError

Handler = Callable[[web.Request], Awaitable[web.Response]]


class DebugApi:
    """Reports the billing of `endpoint`, and sets its faults."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Mount the debug API on an aiohttp application's router."""
        router.add_get("/_emulator/billing", _loopback_only(self._billing))
        router.add_get("/_emulator/scenario", _loopback_only(self._scenario))
        router.add_post("/_emulator/scenario", _loopback_only(self._replace_scenario))
        router.add_post("/_emulator/throttle", _loopback_only(self._throttle))
        router.add_post("/_emulator/cool", _loopback_only(self._cool))
        router.add_post("/_emulator/reset", _loopback_only(self._reset))

    async def _billing(self, _: web.Request) -> web.Response:
        return web.json_response(self._endpoint.report())

    async def _scenario(self, _: web.Request) -> web.Response:
        return web.json_response({"faults": self._endpoint.scenario.describe()})

    async def _replace_scenario(self, request: web.Request) -> web.Response:
        try:
            self._endpoint.scenario.replace(json.loads(await request.read()))
        except (ScenarioError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return await self._scenario(request)

    async def _throttle(self, request: web.Request) -> web.Response:
        try:
            slots = int(json.loads(await request.read())["slots"])
        except (KeyError, TypeError, ValueError):
            return web.json_response({"error": 'send {"slots": how many}'}, status=400)
        self._endpoint.workers.throttled = max(0, slots)
        self._endpoint.notifier.notify()
        return web.json_response({"slots": self._endpoint.workers.throttled})

    async def _cool(self, _: web.Request) -> web.Response:
        self._endpoint.cool_down()
        return web.json_response({})

    async def _reset(self, _: web.Request) -> web.Response:
        self._endpoint.reset()
        return web.json_response({})


def _loopback_only(answer: Handler) -> Handler:
    async def check_then_answer(request: web.Request) -> web.Response:
        if not is_loopback(request.remote or ""):
            raise web.HTTPNotFound
        return await answer(request)

    return check_then_answer
