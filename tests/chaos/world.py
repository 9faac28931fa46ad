"""The running product, its people, what they asked for and what they were answered."""

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
class Promises:
    """What was answered with success, and so may not be lost, by id; and what was asked to end."""

    projects: set[str] = field(default_factory=set)
    jobs: dict[str, str] = field(default_factory=dict)
    """The project of each job."""
    exports: dict[str, str] = field(default_factory=dict)
    """The project of each export."""
    deleted: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)


@dataclass
class World:
    """What people, kills and checks share. `wrong` is what was seen and must not be."""

    product: Product
    endpoint: FragileEndpoint
    random: random.Random
    projects: dict[Person, str] = field(default_factory=dict)
    promises: Promises = field(default_factory=Promises)
    answers: Counter[int] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    """How many messages of each type came over sockets, and how many sockets closed with which code."""
    web_peak: int = 0
    """The most bytes that any web process was seen to hold."""
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
