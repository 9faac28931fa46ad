from __future__ import annotations

import threading

import pytest
import redis
from django.contrib.auth.models import User
from django.core.cache import cache

from animations.actions import tickets
from animations.actions.tickets import TicketHolder, issue, redeem


@pytest.fixture
def person() -> User:
    return User(pk=7)


def test_a_ticket_names_its_holder_once(person: User) -> None:
    ticket = issue(person, "session")
    assert redeem(ticket) == TicketHolder(7, "session")
    assert redeem(ticket) is None


def test_tickets_cannot_be_guessed_from_one_another(person: User) -> None:
    made = {issue(person) for _ in range(50)}
    assert len(made) == 50
    assert min(map(len, made)) >= 40


def test_a_ticket_that_was_never_issued_is_not_redeemed(person: User) -> None:
    issue(person)
    for ticket in ("", "x", "x" * 10_000, "ticket:*"):
        assert redeem(ticket) is None


def test_a_ticket_expires_after_half_a_minute(person: User, valkey: redis.Redis) -> None:
    issue(person)
    (key,) = valkey.keys("*ticket*")
    assert 25 <= valkey.ttl(key) <= tickets.LIFETIME_SECONDS == 30


def test_the_cache_does_not_hold_the_ticket_itself(person: User, valkey: redis.Redis) -> None:
    ticket = issue(person)
    assert ticket.encode() not in valkey.keys("*ticket*")[0]


def test_of_many_clients_with_one_ticket_at_once_one_is_let_in(person: User) -> None:
    ticket, start = issue(person), threading.Barrier(8)
    found: list[TicketHolder | None] = []

    def come() -> None:
        start.wait(timeout=10)
        found.append(redeem(ticket))
        cache.close()

    comers = [threading.Thread(target=come) for _ in range(8)]
    for comer in comers:
        comer.start()
    for comer in comers:
        comer.join(timeout=10)
    assert [holder for holder in found if holder] == [TicketHolder(7, "")]
