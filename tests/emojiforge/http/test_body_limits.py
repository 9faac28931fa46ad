"""Who may send large bodies, and how many at once."""

from __future__ import annotations

import asyncio

import pytest
from django.contrib.sessions.backends.db import SessionStore

from emojiforge.http import body_limits
from emojiforge.http.body_limits import (
    MAX_LARGE,
    MAX_LARGE_PER_ADDRESS,
    Credential,
    Sender,
    begin_large_body,
    end_large_body,
    find_sender,
)
from emojiforge.http.error_responses import BUSY, TOO_MANY_BODIES

OFFICE, HOME = "192.0.2.1", "192.0.2.2"


@pytest.fixture(autouse=True)
def _nothing_in_flight() -> None:
    assert not body_limits._in_flight
    assert not body_limits._in_flight_by_address


def test_many_accounts_of_one_address_leave_places_for_others() -> None:
    accounts = [Sender(f"account-{number}") for number in range(MAX_LARGE)]
    taken = [one for one in accounts if begin_large_body(one, OFFICE) is None]
    other = Sender("other")
    try:
        assert len(taken) == MAX_LARGE_PER_ADDRESS < MAX_LARGE
        assert begin_large_body(accounts[-1], OFFICE) is TOO_MANY_BODIES
        assert begin_large_body(other, HOME) is None
    finally:
        end_large_body(other, HOME)
        for one in taken:
            end_large_body(one, OFFICE)


def test_all_together_are_bounded_too() -> None:
    sent = [(Sender(f"account-{number}"), f"192.0.2.{number}") for number in range(MAX_LARGE)]
    try:
        assert {begin_large_body(*each) for each in sent} == {None}
        assert begin_large_body(Sender("one more"), HOME) is BUSY
    finally:
        for each in sent:
            end_large_body(*each)


def test_a_session_key_that_the_database_cannot_look_up_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_session: SessionStore) -> None:
        raise ValueError("A string literal cannot contain NUL (0x00) characters.")  # as PostgreSQL's driver does

    monkeypatch.setattr(SessionStore, "load", refuse)
    assert asyncio.run(find_sender(Credential(session_key="a\0b"))) is None
