"""RQ workers, as many as `WORKERS`: `python -m emojiforge.worker QUEUE…`.

The libraries for pixels and the jobs themselves are imported here, before any fork, so that a work-horse starts in
milliseconds and shares their memory. Redis may be emptied or restarted at any moment: the worker registers anew and
goes on. What RQ believes about a job has no say: the lease in the job's row does.
"""

from __future__ import annotations

import importlib
import logging
import os
import pkgutil
import signal
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

# Before NumPy, OpenCV and oxipng are loaded: a work-horse has one core, and each idle thread of theirs costs memory.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emojiforge.settings")

import django  # noqa: E402  (after the lines above, which must come first)
import django_rq  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from redis.exceptions import RedisError  # noqa: E402
from rq import Worker  # noqa: E402
from rq import worker_registration as registry  # noqa: E402

from emojiforge import error_reports  # noqa: E402
from emojiforge.worker_pool import Work, WorkerPool  # noqa: E402

log = logging.getLogger("emojiforge.worker")  # its `__name__` is `__main__`

TTL_S: Final = 60
"""RQ forgets a worker that is silent for this and a minute more; an idle one looks every 45 s whether it is known."""
RECONNECT_DELAY_S: Final = 1.0
"""Before working again after Redis was away."""
BULK_NICENESS: Final = 10
"""Jobs that somebody waits for at the screen go before those of the queue `bulk`."""
PREVIEW_NICENESS: Final = 10
"""On top of that: what nobody waits for takes the time that is left."""
IMAGE_LIBRARIES: Final = ("numpy", "cv2", "PIL.Image")
JOB_PACKAGES: Final = ("animations.jobs", "animations.work")
IMPORTED_LATE: Final = ("django.db.models.sql.compiler", "anyio._backends._asyncio", "certifi", "h11")
"""Modules that Django and the GPU client import at their first query and call."""


class ResilientWorker(Worker):
    """RQ's worker, for a Redis that may lose everything and a database that must not be shared over a fork."""

    max_connection_wait_time = 5.0
    asked_to_stop = False

    def request_stop(self, signum: Any, frame: Any) -> None:
        self.asked_to_stop = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def fork_work_horse(self, job: Any, queue: Any) -> None:
        close_connections()
        super().fork_work_horse(job, queue)

    def perform_job(self, job: Any, queue: Any, execution: Any) -> bool:
        with error_reports.flush_at_exit():
            return bool(super().perform_job(job, queue, execution))

    def handle_exception(self, job: Any, *exc_info: Any) -> None:
        log.error("the message %s failed", job.id, exc_info=exc_info)

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        super().heartbeat(timeout, pipeline)
        if pipeline is None and not self.connection.sismember(self.redis_workers_keys, self.key):
            self._register_anew()

    def maintain_heartbeats(self, job: Any, execution: Any) -> None:
        try:
            super().maintain_heartbeats(job, execution)
        except RedisError as error:
            # The work-horse does not need Redis: leaving it alone now would start a second one beside it.
            log.warning("Redis is away while %s runs: %s", job.id, type(error).__name__)

    def _register_anew(self) -> None:
        log.warning("Redis was emptied; worker %s registers anew", self.name)
        with self.connection.pipeline() as pipeline:
            pipeline.hset(self.key, mapping=self.serialize())
            pipeline.expire(self.key, self.worker_ttl + 60)
            registry.register(self, pipeline)
            pipeline.execute()


def close_connections() -> None:
    """Close every connection to the database: two processes on one would read each other's answers."""
    connections.close_all()
    for connection in connections.all(initialized_only=True):
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def preload() -> None:
    """Import everything that a work-horse will need. Call after `django.setup()`."""
    storage_module = settings.STORAGES["default"]["BACKEND"].rpartition(".")[0]
    for name in (*IMAGE_LIBRARIES, *IMPORTED_LATE, storage_module):
        importlib.import_module(name)
    _prepare_opencv()
    importlib.import_module("PIL.Image").init()  # imports a plugin for each format
    for name in JOB_PACKAGES:
        room = importlib.import_module(name)
        for found in pkgutil.walk_packages(getattr(room, "__path__", []), f"{name}."):
            importlib.import_module(found.name)
    get_channel_layer()  # imports what it is made of; it connects when it sends


def _prepare_opencv() -> None:
    """Use one thread, and have OpenCV make its tables for Lab: a tap waited 80 ms for them in each work-horse."""
    cv2, numpy = importlib.import_module("cv2"), importlib.import_module("numpy")
    cv2.setNumThreads(1)
    cv2.cvtColor(numpy.zeros((1, 1, 3), numpy.uint8), cv2.COLOR_RGB2LAB)


def work(queues: Sequence[str]) -> bool:
    """Work until asked to stop (True) or until Redis is gone (False)."""
    worker: Any = None
    try:
        worker = django_rq.get_worker(*queues, worker_class=ResilientWorker, worker_ttl=TTL_S)
        worker.work(logging_level=None, with_scheduler=False)
    except RedisError as error:
        log.warning("Redis does not answer: %s", error)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        if worker is not None and worker.pubsub_thread is not None:
            worker.pubsub_thread.stop()
    return worker is not None and worker.asked_to_stop is True


def work_until_stopped(queues: Sequence[str]) -> None:
    """Work, also after Redis was away, until asked to stop."""
    with error_reports.flush_at_exit():
        while not work(queues):
            time.sleep(RECONNECT_DELAY_S)


def with_guests(queues: Sequence[str]) -> list[str]:
    """Return the queues, and after them those of guests, whose jobs come after all others."""
    return [*queues, *(settings.GUEST_QUEUES[name] for name in queues)]


def work_on_previews() -> None:
    """Work on what nobody has asked for, beside the workers of the queue `bulk` and after them."""
    os.nice(PREVIEW_NICENESS)
    work_until_stopped(with_guests(["previews"]))


def main(argv: Sequence[str]) -> int:
    """Run the command: work on the queues in `argv` until SIGTERM, then end once the job under way has."""
    django.setup()
    queues = argv[1:]
    known = settings.GUEST_QUEUES
    if unknown := [name for name in queues if name not in known] or (not queues and ["(none)"]):
        sys.stderr.write(f"No such queue: {', '.join(unknown)}. There are {', '.join(known)}.\n")
        return 2
    if "bulk" in queues:
        os.nice(BULK_NICENESS)
    preload()
    connections.close_all()
    works: list[Work] = [partial(work_until_stopped, with_guests(queues))] * settings.WORKERS
    WorkerPool([*works, work_on_previews] if "bulk" in queues else works).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
