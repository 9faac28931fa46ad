"""Start a GPU endpoint for a command that runs while `make run` does not."""

from __future__ import annotations

import json
import os
import secrets
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
POLL_SECONDS: Final = 0.2
LOG_NAME: Final = "make_emoji-gpu.log"


@contextmanager
def reachable_endpoint() -> Iterator[None]:
    """Use the endpoint of the settings if it answers; else, without an API key, start one until the block ends.

    Raises `CommandError` when there is none and none can be started.
    """
    if settings.RUNPOD_API_KEY or _responds(settings.RUNPOD_BASE_URL):
        yield
        return
    log = Path(settings.DATA_DIR) / "logs" / LOG_NAME
    key = secrets.token_urlsafe(24)
    process = _start(log, key)
    configured = settings.RUNPOD_BASE_URL, settings.LOCAL_GPU_KEY
    try:
        settings.RUNPOD_BASE_URL, settings.LOCAL_GPU_KEY = _wait_until_listening(process, log), key
        yield
    finally:
        settings.RUNPOD_BASE_URL, settings.LOCAL_GPU_KEY = configured
        _stop(process)


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


def _start(log: Path, key: str) -> subprocess.Popen[bytes]:
    python = Path(settings.BASE_DIR) / "gpu_worker" / ".venv" / "bin" / "python"
    if not python.exists():
        raise CommandError("There is no GPU endpoint. Start one with `make run`, or set it up with `make setup`.")
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603  (our own interpreter, our own module)
            [str(python), "-m", "gpu_worker.local_endpoint", "--host", "127.0.0.1", "--port", "0", "--workers", "1"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "LOCAL_GPU_KEY": key},
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _wait_until_listening(process: subprocess.Popen[bytes], log: Path) -> str:
    """Return the address of the endpoint, which it logs once it listens on a port that was free."""
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise CommandError(f"The local GPU endpoint ended at once; see logs/{LOG_NAME} in DATA_DIR.")
        if url := _logged_address(log):
            return url
        time.sleep(POLL_SECONDS)
    raise CommandError(f"The local GPU endpoint did not start in time; see logs/{LOG_NAME} in DATA_DIR.")


def _logged_address(log: Path) -> str:
    for line in log.read_text(errors="replace").splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and event.get("event") == "listening":
            return str(event["url"])
    return ""


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
