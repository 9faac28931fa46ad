from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import OperationalError

from animations.consumers import changes, shared_reads
from animations.consumers.auth import Subscriber
from animations.consumers.changes import Gone, SignedOut, changes_for
from animations.consumers.shared_reads import read_together
from animations.models import Project
from tests.consumers.conftest import address, in_database, open_socket
from tests.consumers.project_edits import begin_generation, choose, frame_at, make_changes


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """Return the revisions above which rows were read so far."""
    seen: list[int | None] = []
    real = changes._changes

    def counted(project: Project, sent: int) -> Any:
        seen.append(sent)
        return real(project, sent)

    monkeypatch.setattr(changes, "_changes", counted)
    return seen


async def test_a_hint_has_the_rows_read_once_for_all_sockets_of_the_project(
    emoji: Project,
    owner: User,
    cookie_of: Callable[[User], str],
    readings: list[int | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared_reads, "GATHER_S", 1.0)  # on a busy machine hints come more than 20 ms apart
    frame = await in_database(frame_at)(emoji, 1)
    async with AsyncExitStack() as stack:
        cookies = [await in_database(cookie_of)(owner) for _ in range(4)]
        sockets = [await stack.enter_async_context(open_socket(address(emoji), one)) for one in cookies]
        for socket in sockets:
            await socket.next()
        revision = await in_database(choose)(frame, 1)
        received = [[await socket.next(), await socket.next()] for socket in sockets]
    assert readings == [1]
    assert all(one == received[0] for one in received)
    assert [(message["type"], message["revision"]) for message in received[0]] == [
        ("frame", revision),
        ("project", revision),
    ]


async def test_who_signed_out_is_closed_while_the_others_get_the_change(
    emoji: Project, owner: User, cookie: str, cookie_of: Callable[[User], str]
) -> None:
    frame, other = await in_database(frame_at)(emoji, 1), await in_database(cookie_of)(owner)
    async with open_socket(address(emoji), cookie) as stays, open_socket(address(emoji), other) as leaves:
        await stays.next()
        await leaves.next()
        await in_database(Session.objects.filter(pk=other).delete)()
        await in_database(choose)(frame, 1)
        assert (await stays.next())["type"] == "frame"
        assert await leaves.close_code() == 4401


def test_each_gets_what_it_lacks_as_if_it_had_asked_alone(
    emoji: Project, cookie: str, stranger: User, readings: list[int | None]
) -> None:
    last = make_changes(emoji.pk, 12)
    subscriber = Subscriber(cookie)
    asked = {(subscriber, sent) for sent in (None, 1, 5, last - 1, last)}
    alone = {one: changes_for(emoji.pk, {one})[one] for one in asked}
    readings.clear()
    strangers = {(Subscriber("", stranger.pk), 1): Gone, (Subscriber("gone"), None): SignedOut}
    assert changes_for(emoji.pk, asked | strangers.keys()) == alone | strangers
    assert readings == [1]
    assert alone[subscriber, last] == []


def test_who_is_behind_the_list_of_frames_gets_a_snapshot_beside_others_who_are_not(
    emoji: Project, cookie: str
) -> None:
    revision = begin_generation(emoji)
    subscriber = Subscriber(cookie)
    answers = changes_for(emoji.pk, {(subscriber, None), (subscriber, 1), (subscriber, revision)})
    assert answers[subscriber, 1] == answers[subscriber, None] != []
    assert answers[subscriber, revision] == []


def test_checking_more_subscribers_reads_no_more_rows(
    emoji: Project, owner: User, cookie_of: Callable[[User], str], django_assert_max_num_queries: Any
) -> None:
    choose(frame_at(emoji, 1), 1)
    asked = {(Subscriber(cookie_of(owner)), 1) for _ in range(4)}
    with django_assert_max_num_queries(4 * 3 + 8):
        assert len(changes_for(emoji.pk, asked)) == 4


async def test_a_socket_that_closes_takes_no_answer_from_the_others(emoji: Project, cookie: str) -> None:
    subscriber = Subscriber(cookie)
    leaves, stays = (asyncio.create_task(read_together(emoji.pk, subscriber, None, "en")) for _ in range(2))
    await asyncio.sleep(0)
    leaves.cancel()
    assert len(await stays) == 1


async def test_a_failed_read_fails_for_all_who_asked_and_the_next_begins_anew(
    emoji: Project, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OperationalError

    subscriber = Subscriber(cookie)
    with monkeypatch.context() as patch:
        patch.setattr(changes, "_read", fails)
        both = await asyncio.gather(
            *(read_together(emoji.pk, subscriber, sent, "en") for sent in (None, 1)), return_exceptions=True
        )
    assert [type(one) for one in both] == [OperationalError] * 2
    assert len(await read_together(emoji.pk, subscriber, None, "en")) == 1


async def test_sockets_that_ask_together_are_each_answered_in_their_language(emoji: Project, cookie: str) -> None:
    await in_database(Project.objects.filter(pk=emoji.pk).update)(understood_as="slow zoom")
    async with AsyncExitStack() as open_sockets:
        korean, english = [
            await open_sockets.enter_async_context(open_socket(address(emoji), cookie, **{"accept-language": code}))
            for code in ("ko-KR,ko;q=0.9", "en")
        ]
        said = [(await socket.next())["project"]["motion"]["understood_as"] for socket in (korean, english)]
    assert said == ["천천히 확대하기", "slow zoom"]
