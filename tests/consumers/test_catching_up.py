from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.contrib.auth.models import User
from pytest_django import Settings

from animations import events
from animations.actions.projects.delete import delete
from animations.actions.projects.timeline import Place, Timeline, set_timeline
from animations.consumers import ProjectSocket
from animations.consumers.pace import Pace
from animations.models import Export, Job, Project
from animations.models.transitions import revise
from animations.payloads import (
    export_payload,
    frame_payload,
    frames_with_candidates,
    job_payload,
    project_detail_payload,
    project_payload,
)
from tests.consumers import lossy_channel_layer
from tests.consumers.conftest import address, in_database, open_socket
from tests.consumers.project_edits import LAST, STEPS, apply, begin_generation, choose, frame_at, make_changes, state


async def test_the_snapshot_is_the_project_with_its_frames_jobs_and_exports(emoji: Project, cookie: str) -> None:
    async with open_socket(address(emoji), cookie) as socket:
        message = await socket.next()
    assert (message["type"], message["revision"]) == ("snapshot", 1)
    assert message["project"] == await in_database(project_detail_payload)(emoji)
    assert [job["kind"] for job in message["jobs"]] == ["export", "generate"]
    assert [export["platform"] for export in message["exports"]] == ["slack"]


async def test_a_change_arrives_as_its_row_and_the_project_after_it(emoji: Project, cookie: str) -> None:
    frame = await in_database(frame_at)(emoji, 1)
    async with open_socket(address(emoji), cookie) as socket:
        await socket.next()
        revision = await in_database(choose)(frame, 1)
        changed, project = await socket.next(), await socket.next()
    expected = await in_database(lambda: frame_payload(frames_with_candidates(emoji).get(index=1)))()
    assert changed == {"type": "frame", "revision": revision, "frame": expected}
    await in_database(emoji.refresh_from_db)()
    assert project == {
        "type": "project",
        "revision": revision,
        "project": await in_database(project_payload)(emoji),
    }


async def test_jobs_and_exports_arrive_too(emoji: Project, cookie: str) -> None:
    def ask() -> None:
        with revise(emoji.pk) as revision:
            job = Job.objects.create(project=emoji, kind="export", revision=revision, total=1)
            Export.objects.create(project=emoji, job=job, platform="gif", revision=revision)

    async with open_socket(address(emoji), cookie) as socket:
        await socket.next()
        await in_database(ask)()
        messages = [await socket.next() for _ in range(3)]
    job = await in_database(lambda: job_payload(Job.objects.get(kind="export", status="queued")))()
    export = await in_database(lambda: export_payload(Export.objects.get(platform="gif")))()
    assert [message["type"] for message in messages] == ["job", "export", "project"]
    assert (messages[0]["job"], messages[1]["export"]) == (job, export)


async def test_a_change_of_the_list_of_frames_brings_a_whole_snapshot(emoji: Project, cookie: str) -> None:
    async with open_socket(address(emoji), cookie) as socket:
        await socket.next()
        revision = await in_database(begin_generation)(emoji)
        message = await socket.next()
    assert (message["type"], message["revision"]) == ("snapshot", revision)
    assert len(message["project"]["frames"]) == 1


async def test_a_frame_that_was_removed_is_not_in_the_snapshot(emoji: Project, cookie: str) -> None:
    def remove() -> list[str]:
        first, _, third = emoji.current_frames()
        set_timeline(emoji, Timeline([Place(third.pk, 80), Place(first.pk, 80)], 1))
        return [str(third.pk), str(first.pk)]

    async with open_socket(address(emoji), cookie) as socket:
        await socket.next()
        shown = await in_database(remove)()
        message = await socket.next()
    assert message["type"] == "snapshot"
    assert [(frame["id"], frame["index"]) for frame in message["project"]["frames"]] == [(shown[0], 0), (shown[1], 1)]


async def test_a_client_may_ask_for_a_fresh_snapshot(emoji: Project, cookie: str) -> None:
    async with open_socket(address(emoji), cookie) as socket:
        first = await socket.next()
        await socket.send('{"type": "resync"}')
        assert await socket.next() == first


@pytest.mark.parametrize("text", [" ", "x", "[]", "7", '{"type": "shout"}', '{"type": ["resync"]}', "[" * 1000])
async def test_anything_else_a_client_says_is_ignored(emoji: Project, cookie: str, text: str) -> None:
    async with open_socket(address(emoji), cookie) as socket:
        await socket.next()
        await socket.send(text)
        await socket.send(data=b"\x00\xff")
        assert await socket.is_silent()
        await socket.send('{"type": "resync"}')
        assert (await socket.next())["type"] == "snapshot"


async def test_many_requests_at_once_are_one(emoji: Project, cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pace, "snapshot_seconds", 0.2)
    async with open_socket(address(emoji), cookie) as socket:
        await socket.next()
        for _ in range(50):
            await socket.send('{"type": "resync"}')
        seen = 0
        while not await socket.is_silent():
            await socket.next()
            seen += 1
    assert 1 <= seen <= 3


async def test_a_few_changes_come_at_once_and_more_at_their_pace(
    emoji: Project, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pace, "update_seconds", 3.0)
    frame = await in_database(frame_at)(emoji, 1)
    came = []
    async with open_socket(address(emoji), cookie) as socket:
        begun = time.monotonic()
        await socket.next()
        for turn in range(4):
            await in_database(choose)(frame, turn % 2)
            await socket.until(lambda message: message["type"] == "project")
            came.append(time.monotonic() - begun)
    assert came[2] < 3.0 <= came[3]


async def test_a_hint_without_a_change_says_nothing(emoji: Project, cookie: str) -> None:
    async with open_socket(address(emoji), cookie) as socket:
        await socket.next()
        await hint(emoji, 99)
        assert await socket.is_silent()


async def test_without_any_hint_the_socket_polls_the_rows(
    emoji: Project, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProjectSocket, "poll_seconds", 0.1)
    async with open_socket(address(emoji), cookie) as socket:
        await socket.next()
        await in_database(Project.objects.filter(pk=emoji.pk).update)(revision=2, name="Quietly")
        message = await socket.next()
    assert (message["revision"], message["project"]["name"]) == (2, "Quietly")


async def test_a_deleted_project_ends_the_socket(emoji: Project, cookie: str) -> None:
    async with open_socket(address(emoji), cookie) as socket:
        await socket.next()
        await in_database(delete)(emoji)
        assert await socket.close_code() == 4404


async def test_signing_out_ends_the_socket_at_its_next_read(emoji: Project, owner: User, cookie: str) -> None:
    def sign_out() -> None:
        from django.test import Client

        client = Client()
        client.cookies["sessionid"] = cookie
        client.logout()

    async with open_socket(address(emoji), cookie) as socket:
        await socket.next()
        await in_database(sign_out)()
        await hint(emoji, 2)
        assert await socket.close_code() == 4401


async def test_a_project_given_away_is_gone_for_who_had_it(emoji: Project, stranger: User, cookie: str) -> None:
    async with open_socket(address(emoji), cookie) as socket:
        await socket.next()
        await in_database(Project.objects.filter(pk=emoji.pk).update)(owner=stranger)
        await hint(emoji, 2)
        assert await socket.close_code() == 4404


async def hint(project: Project, revision: int) -> None:
    sent: Any = {"type": "hint", "project": str(project.pk), "revision": revision}
    layer = get_channel_layer()
    assert layer is not None
    await layer.group_send(events.group_name(project.pk), sent)


@pytest.fixture
def lossy_channel(settings: Settings) -> None:
    lossy_channel_layer.FATES.clear()
    layer = settings.CHANNEL_LAYERS["default"] | {"BACKEND": "tests.consumers.lossy_channel_layer.LossyChannelLayer"}
    settings.CHANNEL_LAYERS = {"default": layer}


async def test_hints_dropped_doubled_and_shuffled_lose_nothing(
    lossy_channel: None, emoji: Project, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HINT_INTERVAL", 0.0)
    monkeypatch.setattr(ProjectSocket, "poll_seconds", 0.2)
    held: dict[str, Any] = {}
    async with open_socket(address(emoji), cookie) as socket:
        apply(held, await socket.next())
        stirring = asyncio.create_task(in_database(make_changes)(emoji.pk, STEPS))
        revisions = [1]
        ended = False
        while not ended:
            message = await socket.next()
            revisions.append(message["revision"])
            apply(held, message)
            ended = message["type"] in ("project", "snapshot") and message["revision"] == LAST
        assert await stirring == LAST
        assert await socket.is_silent()
    assert revisions == sorted(revisions)
    assert held == await in_database(state)(emoji.pk)
    assert lossy_channel_layer.FATES.keys() == {"dropped", "doubled", "late", "sent"}
