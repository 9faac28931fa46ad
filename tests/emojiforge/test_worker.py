"""The RQ worker against a real Redis that loses everything, goes away and comes back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from rq import Queue

from emojiforge.worker import main
from tests.emojiforge.valkey import Valkey
from tests.polling import until
from tests.processes import children_of

ROOT = Path(__file__).parents[2]
JOBS = "tests.emojiforge.work_horse_jobs"


class Worker:
    """`python -m emojiforge.worker bulk` with two workers and the one for previews, and the queue of the two."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.redis = Valkey(directory / "redis")
        self.queue = Queue("bulk", connection=self.redis.client)
        environment = {**os.environ, "WORKERS": "2", "REDIS_URL": self.redis.url, "DATA_DIR": str(directory / "data")}
        command = [sys.executable, "-m", "emojiforge.worker", "bulk"]
        self.log = directory / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        until(self.is_registered)

    def does_a_preview(self, name: str) -> None:
        """Enqueue a job that nobody has asked for and see it done."""
        Queue("previews", connection=self.redis.client).enqueue(f"{JOBS}.note", str(self.file(name)))
        until(lambda: lines(self.file(name)) == 1)

    def is_registered(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return self.redis.client.scard("rq:workers") == 3  # one that is stopped before would never leave

    def workers(self) -> list[psutil.Process]:
        """Return the processes that wait for jobs."""
        return psutil.Process(self.process.pid).children()

    def file(self, name: str) -> Path:
        return self.directory / name

    def does_a_job(self, name: str) -> None:
        """Enqueue one and see it done."""
        self.queue.enqueue(f"{JOBS}.note", str(self.file(name)))
        until(lambda: lines(self.file(name)) == 1)

    def starts_a_job(self, name: str) -> None:
        """Enqueue one that waits for the file `name`-go."""
        self.queue.enqueue(f"{JOBS}.wait_for_word", str(self.file(name)), str(self.file(f"{name}-go")))
        until(lambda: lines(self.file(name)) == 1)

    def job_goes_on(self, name: str) -> None:
        self.file(f"{name}-go").touch()
        until(lambda: lines(self.file(name)) == 2)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.redis.close()


def lines(path: Path) -> int:
    return len(path.read_text().splitlines()) if path.exists() else 0


@pytest.fixture(scope="module")
def shared_worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """Share one worker among all tests that leave it well."""
    worker = Worker(tmp_path_factory.mktemp("shared_worker"))
    yield worker
    worker.close()


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    own = Worker(tmp_path)
    yield own
    own.close()


def test_a_work_horse_has_pixels_jobs_and_tables_of_colours_at_hand_one_thread_and_no_connection(
    shared_worker: Worker,
) -> None:
    shared_worker.queue.enqueue(f"{JOBS}.describe", str(shared_worker.file("facts")))
    until(shared_worker.file("facts").exists)
    facts = json.loads(shared_worker.file("facts").read_text())
    assert {"numpy", "cv2", "PIL.Image", "animations.jobs", "animations.work"} <= set(facts["modules"])
    assert {"animations.hint_layer", "PIL.WebPImagePlugin", "emojiforge.local_storage"} <= set(facts["modules"])
    assert not {"torch", "onnxruntime", "rembg", "runpod", "av", "pi_heif"} & set(facts["modules"])
    ingest = {name.removeprefix("animations.ingest.") for name in facts["modules"] if "animations.ingest." in name}
    assert ingest <= {"client", "errors", "formats", "process", "process.bounded_process", "process.folder_lock"}
    assert facts["converted_ms"] < 30, "the tables of Lab are made in each work-horse"
    assert facts["threads"] == 1
    assert facts["connected"] == []


def test_an_idle_worker_registers_anew_when_redis_was_emptied(shared_worker: Worker) -> None:
    shared_worker.does_a_job("before")
    shared_worker.redis.client.flushall()
    shared_worker.does_a_job("after")
    until(shared_worker.is_registered)
    assert "registers anew" in shared_worker.log.read_text()


def test_redis_emptied_under_a_running_job_stops_neither_job_nor_worker(shared_worker: Worker) -> None:
    shared_worker.starts_a_job("running")
    shared_worker.redis.client.flushall()
    shared_worker.job_goes_on("running")
    shared_worker.does_a_job("next")
    until(shared_worker.is_registered)


def test_redis_killed_and_started_again_stops_neither_job_nor_worker(shared_worker: Worker) -> None:
    shared_worker.starts_a_job("outage")
    shared_worker.redis.kill()
    shared_worker.job_goes_on("outage")
    shared_worker.redis.start()
    shared_worker.does_a_job("after an outage under a job")
    shared_worker.redis.kill()
    shared_worker.redis.start()
    shared_worker.does_a_job("after an outage while idle")
    assert shared_worker.process.poll() is None


def test_as_many_jobs_as_there_are_workers_run_at_once_and_a_preview_beside_them(shared_worker: Worker) -> None:
    for name in ("one of two", "two of two"):
        shared_worker.starts_a_job(name)
    shared_worker.does_a_preview("beside them")
    for name in ("one of two", "two of two"):
        shared_worker.job_goes_on(name)


def test_the_jobs_of_guests_wait_for_all_others(shared_worker: Worker) -> None:
    for name in ("first of two", "second of two"):
        shared_worker.starts_a_job(name)
    order = str(shared_worker.file("order"))
    guests = Queue(f"{shared_worker.queue.name}-guests", connection=shared_worker.redis.client)
    for queue, text in ((guests, "guest"), (guests, "guest"), (shared_worker.queue, "person")):
        queue.enqueue(f"{JOBS}.add_line", order, text)
    shared_worker.job_goes_on("first of two")
    until(lambda: lines(Path(order)) == 3)
    assert Path(order).read_text().splitlines() == ["person", "guest", "guest"]
    shared_worker.job_goes_on("second of two")


def test_workers_share_the_memory_of_what_they_have_loaded(shared_worker: Worker) -> None:
    shared_worker.does_a_job("before memory is measured")
    own = [process.memory_full_info().uss for process in shared_worker.workers()]
    assert len(own) == 3
    assert max(own) < 30_000_000


def test_a_killed_worker_leaves_its_work_horse_to_finish_and_is_replaced(worker: Worker) -> None:
    worker.starts_a_job("running")
    before = worker.workers()
    next(process for process in before if children_of(process)).kill()
    worker.job_goes_on("running")
    until(lambda: len(set(worker.workers()) - set(before)) == 1)
    worker.does_a_job("next")


def test_workers_whose_parent_is_killed_finish_their_jobs_and_end(worker: Worker) -> None:
    worker.starts_a_job("running")
    workers = worker.workers()
    worker.process.kill()
    worker.process.wait()
    worker.job_goes_on("running")
    until(lambda: not any(process.is_running() for process in workers))


def test_sigterm_ends_the_worker_after_the_job_under_way(worker: Worker) -> None:
    worker.starts_a_job("running")
    worker.process.send_signal(signal.SIGTERM)
    worker.job_goes_on("running")
    assert worker.process.wait(20) == 0
    assert worker.redis.client.scard("rq:workers") == 0


@pytest.mark.parametrize("queues", [[], ["interactive", "fast"]])
def test_a_queue_that_is_not_there_is_named(queues: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["worker", *queues]) == 2
    wrong = queues[-1] if queues else "(none)"
    assert capsys.readouterr().err == f"No such queue: {wrong}. There are interactive, bulk, previews.\n"


def test_previews_give_way_to_all_other_jobs(shared_worker: Worker) -> None:
    ours = os.nice(0)
    assert sorted(process.nice() - ours for process in shared_worker.workers()) == [10, 10, 19]
