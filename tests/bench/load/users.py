"""People who work on their emojis, each acting every three seconds.

One action is four requests, one after another on a connection that is kept: the list of one's emojis, the emoji with
its frames, its job, and by turns the choice of another candidate or a frame's picture that the browser has already
(`If-None-Match`, answered 304). Nobody sends an ETag for JSON: every answer is a whole one.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from typing import Any, Final

from tests.bench.load.http_client import HttpClient

EVERY_S: Final = 3.0
Times = dict[str, list[float]]
"""The seconds that each request took, by what was asked."""
Request = tuple[str, str, bytes, str]
"""Method, path, body, and the ETag of what the browser has."""


async def act_for(seconds: float, port: int, people: list[dict[str, Any]]) -> Times:
    """Let all of them act for so long, spread over the three seconds."""
    times: Times = defaultdict(list)
    starts = (EVERY_S * number / len(people) for number in range(len(people)))
    begun = time.monotonic()
    await asyncio.gather(
        *(_act(begun + start, begun + seconds, port, person, times)
          for start, person in zip(starts, people, strict=True))
    )  # fmt: skip
    return times


async def _act(start: float, end: float, port: int, person: dict[str, Any], times: Times) -> None:
    async with HttpClient(port, person["session"]) as browser:
        turn = 0
        while (due := start + turn * EVERY_S) < end:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            for what, request in _requests(person, turn):
                begun = time.perf_counter()
                answer = await browser.request(*request)
                times[what].append(time.perf_counter() - begun)
                assert answer.status == (304 if what == "picture" else 200), f"{what}: {answer}"
            turn += 1


def _requests(person: dict[str, Any], turn: int) -> list[tuple[str, Request]]:
    api, project = "/api/v1/", f"/api/v1/projects/{person['project']}/"
    index = turn % len(person["candidates"])
    candidates = person["candidates"][index]
    if turn % 2:
        body = json.dumps({"candidate": candidates[turn // 2 % len(candidates)]}).encode()
        last: tuple[str, Request] = ("choose", ("POST", f"{project}frames/{index}/choose/", body, ""))
    else:
        path = f"/media/candidates/{candidates[0]}/cutout.png"
        last = ("picture", ("GET", path, b"", f'"{person["etag"]}"'))
    reads = {"list": f"{api}projects/", "project": project, "job": f"{api}jobs/{person['job']}/"}
    return [*((what, ("GET", path, b"", "")) for what, path in reads.items()), last]
