"""The real web process alone, `python -m emojiforge.server`, without workers or a GPU endpoint."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connection

from emojiforge.launch.ports import free_port
from tests.memory import peak_bytes
from tests.polling import until

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Web:
    """A running web process on a port of this machine; what it says on stderr is in `log`."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def peak(self) -> int:
        """Return the most bytes that it has held."""
        return peak_bytes(self.process.pid)

    def processor_seconds(self) -> float:
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def answers(self) -> bool:
        assert self.process.poll() is None, f"the web process ended: {self.log.read_text()}"
        try:
            self.connect().close()
        except ConnectionRefusedError:
            return False
        return True


def start(data_dir: Path, port: int, module: str = "emojiforge.server", **more: str) -> Web:
    """Start the process with `more` in its environment; it does not answer yet."""
    environment = os.environ | {"DATA_DIR": str(data_dir), "PORT": str(port), "HOST": "127.0.0.1"} | more
    log = data_dir / "web.log"
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, env=environment, stdout=out, stderr=out)
    return Web(process, port, log)


def database_of_tests() -> dict[str, str]:
    """Return the environment of a process that shall see the rows and the sessions of the tests."""
    return {
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
    }


def database_url() -> str:
    """Return the address of the database of the tests, as the setting has it."""
    of = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{of['NAME']}"
    return f"postgres://{of['USER']}@{of['HOST']}:{of['PORT']}/{of['NAME']}"


@contextmanager
def web_process(data_dir: Path, module: str = "emojiforge.server", **more: str) -> Iterator[Web]:
    """Yield a process that answers; at the end it stops on SIGTERM."""
    web = start(data_dir, free_port(), module, **more)
    try:
        until(web.answers, 60, "the web process answers")
        yield web
    finally:
        web.process.terminate()
        status = web.process.wait(10)
    assert status == 0
