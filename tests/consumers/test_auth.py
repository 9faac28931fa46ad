from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from animations.actions import tickets
from animations.consumers.auth import is_allowed_origin
from animations.consumers.open_sockets import MAX_PER_PERSON
from animations.models import Guest, Project
from tests.consumers.conftest import address, handshake, in_database, open_socket


async def test_the_owner_gets_a_snapshot_first(emoji: Project, cookie: str) -> None:
    async with open_socket(address(emoji), cookie) as socket:
        assert (await socket.next())["type"] == "snapshot"


async def test_nobody_is_let_in_without_signing_in(emoji: Project) -> None:
    async with open_socket(address(emoji)) as socket:
        assert await socket.close_code() == 4401


async def test_a_made_up_cookie_is_nobody(emoji: Project) -> None:
    async with open_socket(address(emoji), "x" * 32) as socket:
        assert await socket.close_code() == 4401


async def test_a_stranger_is_closed_with_4404(
    emoji: Project, stranger: User, staff: User, cookie_of: Callable[[User], str]
) -> None:
    for person in (stranger, staff):
        async with open_socket(address(emoji), await in_database(cookie_of)(person)) as socket:
            assert await socket.close_code() == 4404


@pytest.mark.parametrize("name", ["0f7c1f6e-3c2a-4d58-ac32-c013a7be9c66", "7", "frames"])
async def test_an_unknown_project_is_closed_with_4404(cookie: str, name: str) -> None:
    async with open_socket(f"/ws/projects/{name}/", cookie) as socket:
        assert await socket.close_code() == 4404


@pytest.mark.parametrize("path", ["/ws/", "/ws/projects/", "/", "/api/v1/projects/"])
async def test_another_address_is_refused_at_the_handshake(cookie: str, path: str) -> None:
    communicator = handshake(path, cookie)
    assert not (await communicator.connect())[0]
    await communicator.disconnect()


async def test_a_ticket_opens_one_socket_for_an_app(emoji: Project, owner: User) -> None:
    ticket = await in_database(tickets.issue)(owner)
    async with open_socket(f"{address(emoji)}?ticket={ticket}") as socket:
        assert (await socket.next())["type"] == "snapshot"
    async with open_socket(f"{address(emoji)}?ticket={ticket}") as socket:
        assert await socket.close_code() == 4401


async def test_a_bad_ticket_is_nobody_even_with_a_cookie(emoji: Project, cookie: str) -> None:
    async with open_socket(f"{address(emoji)}?ticket=made-up", cookie) as socket:
        assert await socket.close_code() == 4401


async def test_a_ticket_does_not_outlive_the_session_it_was_asked_for_in(
    emoji: Project, owner: User, cookie: str
) -> None:
    def sign_out() -> None:
        client = Client()
        client.cookies["sessionid"] = cookie
        client.logout()

    ticket = await in_database(tickets.issue)(owner, cookie)
    await in_database(sign_out)()
    async with open_socket(f"{address(emoji)}?ticket={ticket}") as socket:
        assert await socket.close_code() == 4401


async def test_an_inactive_person_is_nobody(emoji: Project, owner: User, cookie: str) -> None:
    ticket = await in_database(tickets.issue)(owner)
    await in_database(User.objects.filter(pk=owner.pk).update)(is_active=False)
    for path, sent in ((address(emoji), cookie), (f"{address(emoji)}?ticket={ticket}", "")):
        async with open_socket(path, sent) as socket:
            assert await socket.close_code() == 4401


async def test_a_page_of_another_site_is_refused_at_the_handshake(emoji: Project, cookie: str) -> None:
    communicator = handshake(address(emoji), cookie, origin="https://evil.example")
    assert not (await communicator.connect())[0]
    await communicator.disconnect()


async def test_our_own_page_is_let_in(emoji: Project, cookie: str) -> None:
    async with open_socket(address(emoji), cookie, origin="http://localhost:8000") as socket:
        assert (await socket.next())["type"] == "snapshot"


@pytest.mark.parametrize(
    ("host", "origin", "own"),
    [
        ("localhost:8000", None, True),
        ("localhost:8000", "http://localhost:8000", True),
        ("LOCALHOST:8000", "http://LocalHost:8000", True),
        ("localhost", "http://localhost:80", True),
        ("localhost:443", "https://localhost", True),
        ("localhost:8000", "http://localhost:8001", False),
        ("localhost:8000", "http://localhost", False),
        ("localhost:8000", "http://evil.example", False),
        ("localhost:8000", "http://localhost:8000.evil.example", False),
        ("localhost:8000", "null", False),
        ("localhost:8000", "", False),
        ("localhost:8000", "file://localhost:8000", False),
        ("localhost:8000", "http://[", False),
        ("evil.example", "http://evil.example", False),
        ("localhost:8000", "https://app.example.com", True),
        ("localhost:8000", "https://one.shops.example.com", True),
        ("localhost:8000", "http://app.example.com", False),
        ("localhost:8000", "https://evilapp.example.com", False),
    ],
)
def test_only_pages_of_this_site_and_trusted_ones_count_as_our_own(
    settings: Settings, host: str, origin: str | None, own: bool
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://app.example.com", "https://*.shops.example.com"]
    headers = [(b"host", host.encode())] + ([] if origin is None else [(b"origin", origin.encode())])
    assert is_allowed_origin(headers) is own


async def test_a_person_with_very_many_sockets_gets_no_other_until_one_is_closed(
    emoji: Project, owner: User, cookie: str, stranger: User, cookie_of: Callable[[User], str]
) -> None:
    cookies = [cookie, await in_database(cookie_of)(owner)]
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(AsyncExitStack())
        for number in range(MAX_PER_PERSON):
            opened = open_socket(address(emoji), cookies[number % 2])
            socket = await (stack if number else first).enter_async_context(opened)
            assert (await socket.next())["type"] == "snapshot"
        async with open_socket(address(emoji), cookie) as socket:
            assert await socket.close_code() == 4429
        async with open_socket(address(emoji), await in_database(cookie_of)(stranger)) as socket:
            assert await socket.close_code() == 4404
        await first.aclose()
        async with open_socket(address(emoji), cookie) as socket:
            assert (await socket.next())["type"] == "snapshot"


async def test_a_guest_opens_the_socket_of_their_own_emoji(emoji: Project) -> None:
    guest, cookie = await in_database(_guest_and_cookie)()
    async with open_socket(address(emoji), cookie) as socket:
        assert await socket.close_code() == 4404
    await in_database(Project.objects.update)(owner=guest)
    async with open_socket(address(emoji), cookie) as socket:
        assert (await socket.next())["type"] == "snapshot"


def _guest_and_cookie() -> tuple[User, str]:
    client = Client()
    client.post("/api/v1/guests/")
    return Guest.objects.get().user, client.cookies["sessionid"].value
