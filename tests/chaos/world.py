"""The running product, its people and what they were answered."""

from __future__ import annotations

import random
import sys
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from tests.stack.product import Person, Product
from tests.work.outages import FragileEndpoint

STATED: Final = (503, 507)
"""What web may answer while a part of the product is away."""


@dataclass
class World:
    """What acts and kills share. `wrong` is what was seen and must not be."""

    product: Product
    endpoint: FragileEndpoint
    random: random.Random
    projects: dict[Person, str] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)

    def ask(self, person: Person, method: str, path: str, **options: Any) -> httpx.Response | None:
        """Send a request and count its answer; None where web was killed under it."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {}
        try:
            answer = person.http.request(method, path, headers=headers, **options)
        except httpx.TransportError:
            return None
        self.answers[answer.status_code] += 1
        if answer.status_code >= 500 and answer.status_code not in STATED:
            self.wrong.append(f"{method} {path} is {answer.status_code}: {answer.text[:200]}")
        return answer


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
