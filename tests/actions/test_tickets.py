from __future__ import annotations

import threading
import time

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


def test_a_ticket_expires_after_half_a_minute(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, late = issue(person), issue(person)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + tickets.LIFETIME_SECONDS - 2)
    assert redeem(kept) == TicketHolder(7, "")
    monkeypatch.setattr(time, "time", lambda: now + tickets.LIFETIME_SECONDS + 2)
    assert redeem(late) is None


def test_a_ticket_changed_by_a_letter_is_not_redeemed(person: User) -> None:
    ticket = issue(person)
    assert redeem(ticket[:-1] + ("a" if ticket[-1] != "a" else "b")) is None


def test_a_used_ticket_is_noted_for_longer_than_it_lasts(person: User, valkey: redis.Redis) -> None:
    ticket = issue(person)
    redeem(ticket)
    (key,) = valkey.keys("*ticket*")
    assert ticket.encode() not in key
    assert valkey.ttl(key) > tickets.LIFETIME_SECONDS


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
