"""Many uploads at once to the real server: the slow ones of one person keep nobody else waiting."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.conftest import png
from tests.ingest.images import slow_jpeg
from tests.polling import until
from tests.stack.product import Person
from tests.web_process import Web, database_of_tests, web_process

OPTIONS = {"start": "false", "prompt": "bounce"}
HASTY = {(429, "too_many_at_once"), (429, "throttled")}
NewPerson = Callable[[], Person]


@pytest.fixture(scope="module")
def web(surroundings: str, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_process(tmp_path_factory.mktemp("floods"), MALLOC_ARENA_MAX="2", **database_of_tests()) as web:
        yield web


@pytest.fixture
def join(web: Web, transactional_db: None, tmp_path: Path) -> Iterator[NewPerson]:
    """Return a function that signs somebody up."""
    people: list[Person] = []

    def sign_up() -> Person:
        people.append(Person(web.url, tmp_path))
        return people[-1]

    yield sign_up
    for person in people:
        person.http.close()


def send(person: Person, picture: bytes) -> httpx.Response:
    return person.http.post("projects/", data=OPTIONS, files={"source": ("a.png", picture)}, timeout=60)


def test_six_slow_pictures_of_one_person_shut_nobody_out(join: NewPerson, web: Web) -> None:
    flooder, others = join(), [join() for _ in range(6)]
    slow = slow_jpeg(2000, 10_000)
    with ThreadPoolExecutor(12) as senders:
        flood = [senders.submit(send, flooder, slow) for _ in range(6)]
        until(lambda: list(web.log.parent.glob("tmp/upload-*/original")), 10, "a slow picture is being opened")
        answers = list(senders.map(send, others, [png(size=64)] * 6))
        assert [answer.status_code for answer in answers] == [201] * 6, [answer.text for answer in answers]
        assert max(answer.elapsed.total_seconds() for answer in answers) < 8
        refused = [answer.result() for answer in flood]
    for answer in refused:
        error = answer.json()["errors"][0]
        assert (answer.status_code, error["code"]) in {(400, "too_slow"), *HASTY}
        assert answer.status_code == 400 or int(answer.headers["Retry-After"]) > 0


def test_twenty_large_uploads_at_once_stay_within_the_memory(join: NewPerson, web: Web) -> None:
    people = [join() for _ in range(20)]
    noise = os.urandom(10_000_000)
    started = threading.Barrier(20)

    def send_noise(person: Person) -> int:
        started.wait()
        return send(person, noise).status_code

    with ThreadPoolExecutor(20) as senders:
        assert set(senders.map(send_noise, people)) == {400}
    assert web.peak() <= 170_000_000
