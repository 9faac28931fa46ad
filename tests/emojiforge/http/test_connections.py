"""Which connections are closed to make room for others."""

from __future__ import annotations

import pytest

from emojiforge.http.connections import Connections
from emojiforge.websocket import BoundedSocket


class Transport:
    """A connection that notes that it was closed."""

    closed = False

    def abortConnection(self) -> None:  # noqa: N802  Twisted's name
        self.closed = True


def add(connections: Connections, address: str, busy: bool = False) -> Transport:
    transport = Transport()
    if connections.add(transport, address) and busy:
        connections.set_idle(transport, False)
    return transport


def test_the_longest_idle_connection_of_an_address_makes_room_for_its_next() -> None:
    connections = Connections(at_once=100, per_address=3)
    other = add(connections, "192.0.2.1")
    busy, first, second = (add(connections, "192.0.2.2", busy) for busy in (True, False, False))
    third = add(connections, "192.0.2.2")
    assert [one.closed for one in (other, busy, first, second, third)] == [False, False, True, False, False]


def test_the_longest_idle_connection_of_all_makes_room_when_all_are_taken() -> None:
    connections = Connections(at_once=2, per_address=2)
    first, second, third = (add(connections, f"192.0.2.{number}") for number in range(3))
    assert [one.closed for one in (first, second, third)] == [True, False, False]


def test_a_connection_is_idle_from_the_end_of_its_last_request() -> None:
    connections = Connections(at_once=2, per_address=2)
    first, second = (add(connections, "192.0.2.1") for _ in range(2))
    connections.set_idle(first, False)
    connections.set_idle(first, True)
    add(connections, "192.0.2.1")
    assert (first.closed, second.closed) == (False, True)


def test_no_connection_that_works_is_closed_for_a_new_one() -> None:
    connections = Connections(at_once=2, per_address=2)
    working = [add(connections, "192.0.2.1", busy=True) for _ in range(2)]
    refused = add(connections, "192.0.2.2")
    assert [one.closed for one in (*working, refused)] == [False, False, True]
    connections.remove(working[0])
    connections.remove(working[0])  # as Twisted may say it twice
    assert not add(connections, "192.0.2.2").closed


def test_half_of_the_connections_of_an_address_may_be_sockets() -> None:
    connections = Connections(at_once=100, per_address=4)
    ones = [add(connections, "192.0.2.1", busy=True) for _ in range(3)]
    assert [connections.add_socket(one) for one in ones] == [True, True, False]
    assert connections.add_socket(add(connections, "192.0.2.2"))
    connections.remove(ones[0])
    assert connections.add_socket(ones[2])


def test_a_socket_too_many_is_told_when_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    monkeypatch.setattr(BoundedSocket, "sendData", lambda _self, data: sent.append(data))
    monkeypatch.setattr(BoundedSocket, "dropConnection", lambda _self, abort: None)
    BoundedSocket().failHandshake("Too many sockets from this address", 429)
    assert b"\r\nRetry-After: 10\r\n" in sent[0]


def test_the_addresses_of_an_ipv6_network_count_as_one() -> None:
    connections = Connections(at_once=100, per_address=2)
    first, *later = (add(connections, f"2001:db8::{number}") for number in range(3))
    other = add(connections, "2001:db8:0:1::1")
    assert [one.closed for one in (first, *later, other)] == [True, False, False, False]


def test_ipv4_addresses_count_apart_also_where_the_server_listens_on_ipv6() -> None:
    connections = Connections(at_once=100, per_address=1)
    assert not any([add(connections, f"::ffff:192.0.2.{number}").closed for number in range(3)])
    first, second = add(connections, "::ffff:192.0.2.9"), add(connections, "192.0.2.9")
    assert (first.closed, second.closed) == (True, False)
