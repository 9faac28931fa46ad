"""One person who sends too much, and how long the others wait beside them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Final

from tests.ingest.images import encoded, slow_jpeg, two_halves
from tests.stack.product import Person, Product

SLOW_FILES: Final = 6
OTHERS: Final = 6
MANY_JOBS: Final = 20
HEAD_START_S: Final = 1.0
PICTURE: Final = encoded(two_halves(), "PNG")
DRAFT: Final[dict[str, Any]] = {"start": "false", "prompt": "bounce"}
LARGE_JOB: Final[dict[str, Any]] = {"prompt": "bounce", "matte": "none", "frame_count": 60, "candidates": 2}
SMALL_JOB: Final[dict[str, Any]] = {"prompt": "bounce", "matte": "none", "frame_count": 4, "candidates": 1}


def waits_of_uploads(product: Product) -> list[float]:
    """Return the seconds that small uploads take while somebody sends six pictures that are slow to decode."""
    flooder, slow = product.person(), slow_jpeg(2000, 10_000)
    others = [product.person() for _ in range(OTHERS)]
    with ThreadPoolExecutor(SLOW_FILES + OTHERS) as senders:
        for _ in range(SLOW_FILES):
            senders.submit(_send, flooder, slow)
        time.sleep(HEAD_START_S)
        return list(senders.map(_send, others, [PICTURE] * OTHERS))


def _send(person: Person, picture: bytes) -> float:
    answer = person.http.post("projects/", data=DRAFT, files={"source": ("a.png", picture)}, timeout=60)
    return answer.elapsed.total_seconds()


def wait_of_a_job(product: Product) -> float:
    """Return the seconds after which a small job starts while somebody has twenty large ones."""
    many, one = product.person(), product.person()
    for _ in range(MANY_JOBS):
        many.upload(PICTURE, **LARGE_JOB)
    job = one.finished(one.upload(PICTURE, **SMALL_JOB)["job"]["id"], seconds=600)
    return (datetime.fromisoformat(job["started_at"]) - datetime.fromisoformat(job["created_at"])).total_seconds()
