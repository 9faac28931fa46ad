"""Sockets while Redis is away: they are opened, served and closed as ever, and only hear of changes later."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from channels_redis.pubsub import RedisPubSubLoopLayer
from django.contrib.auth.models import User
from pytest_django import Settings
from redis.exceptions import RedisError

from animations.actions.projects.edit import edit
from animations.consumers import ProjectSocket
from animations.hint_layer import HintLayer
from animations.models import Project
from animations.outages import LogLimit
from tests.conftest import MakeProject
from tests.consumers.conftest import address, eventually, in_database, open_socket
from tests.emojiforge.valkey import Valkey

POLL_S = 0.2


@pytest.fixture
def other_emoji(owner: User, new_project: MakeProject) -> Project:
    return new_project(owner)


@pytest.fixture
def fragile(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """Start a Redis for the hints alone, and have sockets look at the rows often."""
    import_module("emojiforge.asgi")  # sets logging up, which takes the handler of `caplog` away
    server = Valkey(tmp_path / "redis")
    layer = settings.CHANNEL_LAYERS["default"]
    settings.CHANNEL_LAYERS = {"default": layer | {"CONFIG": layer["CONFIG"] | {"hosts": [server.url]}}}
    monkeypatch.setattr(ProjectSocket, "poll_seconds", POLL_S)
    monkeypatch.setattr(ProjectSocket, "log_limit", LogLimit())
    yield server
    server.close()


async def test_sockets_go_on_without_redis_and_hear_hints_again_when_it_is_back(
    emoji: Project,
    other_emoji: Project,
    cookie: str,
    fragile: Valkey,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def is_heard(project: Project) -> bool:
        channels = await asyncio.to_thread(fragile.client.pubsub_channels)
        return any(str(project.pk).encode() in channel for channel in channels)

    async def is_missed() -> bool:
        return ", so sockets get no hints" in caplog.text

    async with open_socket(address(emoji), cookie) as before:
        await before.next()
        await eventually(lambda: is_heard(emoji))
        fragile.kill()
        await eventually(is_missed)  # until then a new socket may still write to the connection that is gone
        async with open_socket(address(other_emoji), cookie) as during:
            assert (await during.next())["type"] == "snapshot"
            sockets = {before: emoji, during: other_emoji}
            for socket, project in sockets.items():
                await in_database(edit)(project, {"name": "without hints"})
                assert (await socket.next())["project"]["name"] == "without hints"
            await asyncio.to_thread(fragile.start)
            for project in sockets.values():
                await eventually(lambda project=project: is_heard(project))  # type: ignore[misc]
            monkeypatch.setattr(ProjectSocket, "poll_seconds", 60.0)
            await asyncio.sleep(2 * POLL_S)
            for socket, project in sockets.items():
                await in_database(edit)(project, {"name": "by a hint"})
                assert (await socket.next())["project"]["name"] == "by a hint"
            fragile.kill()
    assert "Traceback" not in caplog.text
    assert caplog.text.count("new sockets get no hints") <= 1  # none if the channel layer takes it and sends it later
    assert caplog.text.count(", so sockets get no hints") == 1


@pytest.mark.parametrize("name", ["group_add", "group_discard"])
async def test_a_connection_that_another_socket_has_just_given_up_is_an_outage(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise AttributeError("'NoneType' object has no attribute 'writelines'")  # as redis-py does

    monkeypatch.setattr(RedisPubSubLoopLayer, name, fail)
    with pytest.raises(RedisError):
        await getattr(HintLayer(hosts=["redis://127.0.0.1:1/0"]), name)("project", "channel")
