"""A real local endpoint that is killed, hung and restarted in the middle of its work."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import httpx
import psutil

from emojiforge.launch.ports import free_port
from tests.gpu_worker.endpoint_process import LocalEndpoint, start_endpoint
from tests.polling import until

WORKERS: Final = 2
KEY: Final = "a-key-of-the-tests"
COST: Final = {"FAKE_WORKER_FRAME_MS": "60", "FAKE_WORKER_CALL_MS": "200"}

SECONDS_UNTIL_KNOWN: Final = 0.4


class FragileEndpoint:
    """An endpoint of few workers, at one address in all its lives. What it forgets by a kill is counted here."""

    def __init__(
        self, name: str = "local", workers: int = WORKERS, cost: Mapping[str, str] = COST, options: Sequence[str] = ()
    ) -> None:
        self._name, self._workers, self._cost, self._options = name, workers, cost, options
        self._port = free_port()
        self._past: list[dict[str, Any]] = []
        self._process: LocalEndpoint | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v2"

    def start(self) -> None:
        arguments = [f"--port={self._port}", "--handler=gpu_worker.emulator.fake_worker", "--stop-grace=1"]
        arguments += [f"--endpoint-id={self._name}", *self._options]
        self._process = start_endpoint(self._workers, self._cost, KEY, arguments)

    def kill(self) -> None:
        process, self._process = self._running, None
        self._past += self._executions(process)
        process.process.send_signal(signal.SIGKILL)
        process.process.communicate(timeout=15)
        process.client.close()

    def hang(self) -> None:
        self._running.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._running.process.send_signal(signal.SIGCONT)

    def set_faults(self, *faults: dict[str, Any]) -> None:
        self._emulator("POST", "scenario", json={"faults": faults}).raise_for_status()

    def throttle(self, slots: int) -> None:
        """Let so many of its workers have no hardware; what runs is not stopped."""
        self._emulator("POST", "throttle", json={"slots": slots}).raise_for_status()

    def stop(self) -> None:
        if self._process:
            self.resume()
            self._process.stop()

    def executed_frames(self) -> int:
        """Count the frames that were handed to a worker, twice those that were handed out twice."""
        return sum(one["frames"] for one in [*self._past, *self._executions(self._running)])

    def executions(self) -> list[dict[str, Any]]:
        """Return each execution of a job with frames (`info` is no work)."""
        return [one for one in [*self._past, *self._executions(self._running)] if one["frames"]]

    def is_busy(self) -> bool:
        """Tell whether a worker is at work."""
        return any(one["ended"] is None and one["frames"] for one in self._executions(self._running))

    def handlers(self) -> list[psutil.Process]:
        """Return the processes of its workers."""
        return self._running.descendants()

    def finished_calls(self) -> int:
        return sum(one["ended"] is not None for one in [*self._past, *self._executions(self._running)])

    @property
    def _running(self) -> LocalEndpoint:
        assert self._process is not None
        return self._process

    def _executions(self, endpoint: LocalEndpoint) -> list[dict[str, Any]]:
        answer = endpoint.client.get(endpoint.client.base_url.join("/_emulator/billing"))
        return list(answer.json()["executions"])

    def _emulator(self, method: str, path: str, **options: Any) -> httpx.Response:
        url = self._running.client.base_url.join(f"/_emulator/{path}")
        return self._running.client.request(method, url, **options)


@contextmanager
def outage(
    endpoint: FragileEndpoint, begin: Callable[[], None], end: Callable[[], None], seconds: float
) -> Iterator[None]:
    """Begin an outage once a worker has done a call more and we know of it, and end it after so many seconds."""
    before = endpoint.finished_calls()

    def begin_once_known() -> None:
        until(lambda: endpoint.finished_calls() > before, 30, "work at the endpoint")
        time.sleep(SECONDS_UNTIL_KNOWN)
        begin()
        time.sleep(seconds)
        end()

    thread = threading.Thread(target=begin_once_known)
    thread.start()
    try:
        yield
    finally:
        thread.join()
