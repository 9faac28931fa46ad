"""Chains of refine tools: undone, redone, and drawn again where frames were left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from animations import events, jobs
from animations.imaging import png
from animations.models import Job
from tests.conftest import content
from tests.work.fake_endpoint import FakeEndpoint
from tests.work.kinds.refine_requests import CHAIN, ERASE, PROJECTS, alpha_of, ask, chosen, refined, shown


def test_each_tool_of_a_chain_makes_a_matte_and_each_is_undone_and_redone_in_turn(
    api: APIClient, ring: Any, endpoint: FakeEndpoint
) -> None:
    states = [ring]
    for body in CHAIN:
        states.append(refined(api, ring, **body))
    mattes = [state["source"]["matte"] for state in states]
    assert len(set(mattes)) == len(states)
    listed = api.get(f"{PROJECTS}{ring['id']}/source/mattes/").json()
    assert [(row["id"], row["parent"]) for row in listed] == list(zip(mattes, [None, *mattes[:-1]], strict=True))
    assert [row["tool"] for row in listed] == ["", "edge", "pocket", "brush", "white", "points"]
    assert [row["engine"] for row in listed] == ["white"] * 5 + ["grabcut"]
    for state in [*states[-2::-1], *states[1:]]:
        answer = ask(api, ring, {"matte": state["source"]["matte"]}, "source/choose/").json()
        assert [frame["chosen"] for frame in answer["frames"]] == [frame["chosen"] for frame in state["frames"]]
        assert answer["source"] == state["source"]
    assert endpoint.runs == []


def test_a_branch_is_redone_by_its_own_matte(api: APIClient, ring: Any) -> None:
    one = refined(api, ring, **CHAIN[0])
    ask(api, ring, {"matte": ring["source"]["matte"]}, "source/choose/")
    other = refined(api, ring, **CHAIN[1])
    back = ask(api, ring, {"matte": one["source"]["matte"]}, "source/choose/").json()
    assert [frame["chosen"] for frame in back["frames"]] == [frame["chosen"] for frame in one["frames"]]
    assert other["source"]["matte_parent"] == one["source"]["matte_parent"] == ring["source"]["matte"]


def test_the_new_matte_is_shown_before_a_frame_is_drawn_of_it(
    api: APIClient, ring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[bool, list[str]]] = []

    def read_snapshot() -> None:
        now = shown(api, ring)
        changed = now["source"]["matte"] != ring["source"]["matte"]
        seen.append((changed, [frame["status"] for frame in now["frames"]]))

    monkeypatch.setattr(events, "flush", read_snapshot)
    refined(api, ring, **CHAIN[0])
    assert seen[0] == (True, ["working"] * 3)


def test_a_generation_after_taps_keeps_the_mended_matte(api: APIClient, ring: Any) -> None:
    after = refined(api, ring, **CHAIN[4])
    job = ask(api, ring, {"prompt": "sway"}, "generate/").json()
    jobs.run(job["id"])
    assert shown(api, ring)["source"]["matte"] == after["source"]["matte"]


def test_an_engine_is_chosen_and_taken_back_and_is_paid_for_once(
    api: APIClient, ring: Any, endpoint: FakeEndpoint
) -> None:
    body = {"tool": "matte", "engine": "birefnet"}
    first = refined(api, ring, **body)
    mended = refined(api, ring, **ERASE)
    again = refined(api, ring, **body)
    assert len(endpoint.runs) == 1
    assert again["source"]["matte_parent"] == mended["source"]["matte"]
    assert np.array_equal(alpha_of(api, again), alpha_of(api, first))
    back = ask(api, ring, {"matte": ring["source"]["matte"]}, "source/choose/").json()
    assert (again["matte"], back["matte"]) == ("birefnet", "white")
    assert [frame["chosen"] for frame in back["frames"]] == [frame["chosen"] for frame in ring["frames"]]


def test_a_stroke_while_frames_are_drawn_of_the_last_takes_their_place(
    api: APIClient, ring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Any] = []

    def paint() -> None:
        monkeypatch.setattr(events, "flush", lambda: None)
        answers.append(ask(api, ring, ERASE))

    monkeypatch.setattr(events, "flush", paint)  # called as soon as the new matte is in use
    first = ask(api, ring, CHAIN[0]).json()
    jobs.run(first["id"])
    (answer,) = answers
    assert answer.status_code == 202
    assert api.get(f"/api/v1/jobs/{first['id']}/").json()["status"] == "cancelled"
    jobs.run(answer.json()["id"])
    after = shown(api, ring)
    assert [frame["status"] for frame in after["frames"]] == ["ready"] * 3
    listed = api.get(f"{PROJECTS}{ring['id']}/source/mattes/").json()
    assert [row["tool"] for row in listed] == ["", "edge", "brush"]
    assert [row["parent"] for row in listed] == [None, listed[0]["id"], listed[1]["id"]]
    assert_undo_draws_the_frames_that_were_left_out(api, ring, listed[1]["id"])


def assert_undo_draws_the_frames_that_were_left_out(api: APIClient, ring: Any, matte: str) -> None:
    answer = ask(api, ring, {"matte": matte}, "source/choose/").json()
    assert [frame["status"] for frame in answer["frames"]] == ["working"] * 3
    assert answer["source"]["matte"] == matte
    job = Job.objects.get(params__tool="redraw")
    jobs.run(str(job.pk))
    drawn = shown(api, ring)
    assert {str(row.matte_id) for row in job.candidates.all()} == {matte}
    assert [frame["chosen"] for frame in drawn["frames"]] == [
        str(row.pk) for row in job.candidates.order_by("frame__index")
    ]
    again = ask(api, ring, {"matte": ring["source"]["matte"]}, "source/choose/").json()
    assert [frame["chosen"] for frame in again["frames"]] == [frame["chosen"] for frame in ring["frames"]]


def test_a_frame_that_was_retried_on_a_later_matte_follows_too(api: APIClient, ring: Any) -> None:
    after = refined(api, ring, **CHAIN[1])
    job = ask(api, ring, {"prompt": "pulse", "candidates": 1}, "frames/0/retry/").json()
    jobs.run(job["id"])
    newest = shown(api, ring)["frames"][0]["candidates"][-1]
    ask(api, ring, {"candidate": newest["id"]}, "frames/0/choose/")
    ask(api, ring, {"matte": after["source"]["matte_parent"]}, "source/choose/")
    jobs.run(str(Job.objects.get(params__tool="redraw").pk))
    frames = shown(api, ring)["frames"]
    assert chosen(frames[0])["parent"] == newest["id"]
    assert frames[1]["chosen"] == ring["frames"][1]["chosen"]
    size = png.read(content(api, chosen(frames[0])["alpha_url"])).shape
    assert png.read(content(api, chosen(frames[0])["alpha_url"]))[size[0] // 2, size[1] // 2] == 255


def test_a_long_chain_fills_up_no_frame_and_can_be_undone_to_its_beginning(
    api: APIClient, ring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("animations.actions.frames.MAX_CANDIDATES", 4)
    states = [ring, *(refined(api, ring, tool="edge", shift=shift) for shift in (-1, -2, -1, 2, -2, 1))]
    assert [len(frame["candidates"]) for frame in states[-1]["frames"]] == [4] * 3
    for state in states[-2::-1]:
        answer = ask(api, ring, {"matte": state["source"]["matte"]}, "source/choose/")
        assert answer.status_code == 200, answer.json()
        for job in Job.objects.live():
            jobs.run(str(job.pk))
        urls = [chosen(project["frames"][0])["alpha_url"] for project in (shown(api, ring),)]
        assert all(png.read(content(api, url)).any() for url in urls)
    assert [frame["chosen"] for frame in shown(api, ring)["frames"]] == [frame["chosen"] for frame in ring["frames"]]
