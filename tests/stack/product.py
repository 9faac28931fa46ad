"""The whole product as `make run` starts it, on a data directory of its own, and a person who uses its API."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import redis

from emojiforge.launch.ports import free_port
from tests.polling import until
from tests.processes import children_of, command_line, has_exited

ROOT = Path(__file__).resolve().parents[2]
PHOTO = ROOT / "static" / "samples"
OVER = ("succeeded", "failed", "cancelled")
WORKERS = 4
"""Of each queue, so that tests know how many to wait for."""


class Product:
    """A running product. `base` is where web answers."""

    def __init__(self, process: subprocess.Popen[bytes], data_dir: Path, port: int) -> None:
        self.process = process
        self.data_dir = data_dir
        self.base = f"http://127.0.0.1:{port}"
        self.people: list[Person] = []

    @property
    def addresses(self) -> dict[str, str]:
        return dict(json.loads((self.data_dir / "run.json").read_text()))

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.addresses["REDIS_URL"])

    def child(self, *words: str) -> psutil.Process:
        """Return the child whose command line holds these words."""
        return until(lambda: self._child(words), 30, f"a process {words}")

    def _child(self, words: tuple[str, ...]) -> psutil.Process | None:
        for process in psutil.Process(self.process.pid).children():
            if all(word in command_line(process) for word in words):
                return process
        return None

    def web_processes(self) -> list[psutil.Process]:
        """Return web and, where it has forked some, the processes that serve."""
        web = self.child("emojiforge.server")
        return [web, *children_of(web)]

    def workers(self, queue: str) -> list[psutil.Process]:
        """Wait for all RQ workers of `queue` and return them; `bulk` has one more, for previews."""
        parent, count = self.child("emojiforge.worker", queue), WORKERS + (queue == "bulk")
        return until(lambda: live_workers(children_of(parent), count), 30, f"{count} workers")

    def work_horses(self, queue: str) -> list[psutil.Process]:
        """Return the work-horses that the RQ workers of `queue` have forked for their jobs."""
        return [horse for worker in self.workers(queue) for horse in children_of(worker)]

    def work_horse(self, queue: str) -> psutil.Process:
        """Return the first of them, as soon as there is one."""
        return until(lambda: next(iter(self.work_horses(queue)), None), 30, "a work-horse")

    def person(self) -> Person:
        self.people.append(Person(self.base, self.data_dir))
        return self.people[-1]


def live_workers(workers: list[psutil.Process], count: int) -> list[psutil.Process]:
    """Return the live workers if there are `count` of them, else none.

    One that has not been seen would take a job all the same.
    """
    alive = [worker for worker in workers if not has_exited(worker)]
    return alive if len(alive) == count else []


class Person:
    """Somebody who has just signed up, and speaks to the API with a session token."""

    def __init__(self, base: str, data_dir: Path) -> None:
        self.base = base
        self.data_dir = data_dir
        body = {"email": f"person-{uuid.uuid4().hex[:10]}@example.com", "password": uuid.uuid4().hex}
        answer = httpx.post(f"{base}/_allauth/app/v1/auth/signup", json=body, timeout=20)
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["meta"]["session_token"]
        headers = {"X-Session-Token": self.token}
        self.http = httpx.Client(base_url=f"{base}/api/v1/", headers=headers, timeout=30)

    def upload(self, picture: bytes, name: str = "picture.png", **fields: Any) -> dict[str, Any]:
        files = {"source": (name, picture)}
        answer = self.http.post("projects/", data=fields, files=files)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def get(self, path: str) -> dict[str, Any]:
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def file(self, url: str) -> bytes:
        answer = self.http.get(f"{self.base}{url}")
        assert answer.status_code == 200, answer.text
        return answer.content

    def finished(self, job_id: str, seconds: float = 60) -> dict[str, Any]:
        """Return the job once it is over. The row is read, not the API: web has other people to serve meanwhile."""
        query = "SELECT status FROM animations_job WHERE id = ?"
        until(lambda: rows_of(self.data_dir, query, job_id)[0][0] in OVER, seconds, f"the end of job {job_id}")
        return self.get(f"jobs/{job_id}/")


def rows_of(data_dir: Path, query: str, job_id: str) -> list[Any]:
    """Return what `query` finds in a product's database; its one parameter is the job's id."""
    path = f"file:{data_dir / 'db.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(path, timeout=20, uri=True)) as database:
        return database.execute(query, (uuid.UUID(job_id).hex,)).fetchall()


@contextmanager
def running_product(data_dir: Path, **more: str) -> Iterator[Product]:
    """Start it with `more` in its environment, and stop it at the end with nothing left behind."""
    port = free_port()
    names = ("PATH", "HOME", "XDG_CACHE_HOME", "SSL_CERT_FILE", "LANG", "U2NET_HOME", "CI")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    environment = {**kept, "DATA_DIR": str(data_dir), "PORT": str(port), **more, "WORKERS": str(WORKERS)}
    log = data_dir / "launch.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "emojiforge.launch"], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
    product = Product(process, data_dir, port)
    try:
        until(lambda: process.poll() is not None or "is ready" in log.read_text(), 120, "the product is ready")
        assert process.poll() is None, log.read_text()
        children = psutil.Process(process.pid).children(recursive=True)
        yield product
        children += psutil.Process(process.pid).children(recursive=True)
    finally:
        for person in product.people:
            person.http.close()
        process.terminate()
        process.wait(30)
    left = [child for child in children if not has_exited(child)]
    assert left == [], f"left behind: {left}"
