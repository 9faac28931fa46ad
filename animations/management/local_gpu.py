"""Start a GPU endpoint for a command that runs while `make run` does not."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 10.0


@contextmanager
def reachable_endpoint() -> Iterator[None]:
    """Use the endpoint of the settings if it answers; else, without an API key, start one until the block ends.

    Raises `CommandError` when there is none and none can be started.
    """
    if settings.RUNPOD_API_KEY or _responds(settings.RUNPOD_BASE_URL):
        yield
        return
    port = _free_port()
    process = _start(port)
    before, settings.RUNPOD_BASE_URL = settings.RUNPOD_BASE_URL, f"http://127.0.0.1:{port}/v2"
    try:
        _wait(process, settings.RUNPOD_BASE_URL)
        yield
    finally:
        settings.RUNPOD_BASE_URL = before
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _start(port: int) -> subprocess.Popen[bytes]:
    python = Path(settings.BASE_DIR) / "gpu_worker" / ".venv" / "bin" / "python"
    if not python.exists():
        raise CommandError("There is no GPU endpoint. Start one with `make run`, or set it up with `make setup`.")
    arguments = [str(python), "-m", "gpu_worker.local_endpoint", "--host", "127.0.0.1", "--port", str(port)]
    logs = Path(settings.DATA_DIR) / "logs"
    logs.mkdir(exist_ok=True)
    with (logs / "make_emoji-gpu.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603  (our own interpreter, our own module)
            [*arguments, "--workers", "1"], cwd=settings.BASE_DIR, stdout=log, stderr=subprocess.STDOUT
        )


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise CommandError("The local GPU endpoint ended at once; see logs/make_emoji-gpu.log in DATA_DIR.")
        if _responds(url):
            return
        time.sleep(0.2)
    raise CommandError("The local GPU endpoint did not start in time; see logs/make_emoji-gpu.log in DATA_DIR.")


def _responds(url: str) -> bool:
    if urlsplit(url).scheme not in ("http", "https"):
        return False
    try:
        urllib.request.urlopen(f"{url}/{settings.RUNPOD_ENDPOINT_ID}/health", timeout=2).close()  # noqa: S310
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
