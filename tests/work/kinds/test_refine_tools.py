"""The refine tools over HTTP: each makes a new matte or candidate; chains of them are undone and redone."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from rest_framework.test import APIClient

from animations import events, jobs, storage
from animations.imaging import png
from animations.models import Job, Matte, Source
from tests.conftest import content, upload
from tests.ingest.sample_clips import animation
from tests.work.fake_endpoint import FakeEndpoint
from tests.work.kinds.test_refine_source import ask, chosen, shown

PROJECTS = "/api/v1/projects/"
CASES = Path(__file__).parents[2] / "data" / "cases"
SIDE = 256


@pytest.fixture
def ring(transactional_db: None, api: APIClient, endpoint: FakeEndpoint) -> Any:
    """Return the ring of the cases as an emoji of two frames, as the API shows it."""
    fields = {"prompt": "subtle bounce", "frame_count": 2, "size": 128, "candidates": 1}
    sent = {"source": upload((CASES / "ring.png").read_bytes(), "ring.png")} | fields
    made = api.post(PROJECTS, sent, format="multipart").json()
    jobs.run(made["job"]["id"])
    return shown(api, made)


def stroke(*points: tuple[int, int], width: int = 40, side: int = SIDE) -> str:
    """Paint as a canvas does: white, as opaque as the stroke is strong."""
    drawn = np.zeros((side, side), np.uint8)
    cv2.polylines(drawn, [np.array(points, np.int32)], False, 255, width, cv2.LINE_AA)
    white = np.full_like(drawn, 255)
    return base64.b64encode(png.write(np.dstack([white, white, white, drawn]))).decode()


def refined(api: APIClient, project: Any, tail: str = "source/refine/", **body: Any) -> Any:
    answer = ask(api, project, body, tail)
    assert answer.status_code == 202, answer.json()
    jobs.run(answer.json()["id"])
    ended = api.get(f"/api/v1/jobs/{answer.json()['id']}/").json()
    assert (ended["status"], ended["error"]) == ("succeeded", "")
    return shown(api, project)


def alpha_of(api: APIClient, project: Any) -> Any:
    return png.read(content(api, project["source"]["alpha_url"]))


ERASE: dict[str, Any] = {"tool": "brush", "mode": "erase", "mask": stroke((128, 55), (128, 56), width=60)}
CHAIN: tuple[dict[str, Any], ...] = (
    {"tool": "edge", "shift": -2, "feather": 3, "decontaminate": True},
    {"tool": "pocket", "x": 128, "y": 128, "mode": "open"},
    ERASE,
    {"tool": "white", "tolerance": 40},
    {"tool": "points", "points": [[128, 210, 0]]},
)


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


@pytest.mark.parametrize("body", [CHAIN[0], CHAIN[1], CHAIN[2], CHAIN[4]])
def test_a_tool_changes_what_is_shown_and_never_what_was(api: APIClient, ring: Any, body: dict[str, Any]) -> None:
    before, rows = alpha_of(api, ring), list(Matte.objects.values())
    after = refined(api, ring, **body)
    assert not np.array_equal(alpha_of(api, after), before)
    assert np.array_equal(alpha_of(api, ring), before)
    assert list(Matte.objects.exclude(pk=after["source"]["matte"]).values()) == rows
    for frame, old in zip(after["frames"], ring["frames"], strict=True):
        assert (chosen(frame)["origin"], chosen(frame)["parent"]) == ("refined", old["chosen"])
        assert content(api, chosen(frame)["cutout_url"]) != content(api, chosen(old)["cutout_url"])


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

    def look() -> None:
        now = shown(api, ring)
        changed = now["source"]["matte"] != ring["source"]["matte"]
        seen.append((changed, [frame["status"] for frame in now["frames"]]))

    monkeypatch.setattr(events, "flush", look)
    refined(api, ring, **CHAIN[0])
    assert seen[0] == (True, ["working", "working"])


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


def test_sparks_are_offered_and_one_comes_back_where_it_is_tapped(
    transactional_db: None, api: APIClient, endpoint: FakeEndpoint
) -> None:
    fields = {"prompt": "pulse", "frame_count": 2, "candidates": 1, "matte": "rembg"}
    sent = {"source": upload((CASES / "sparks.png").read_bytes(), "sparks.png")} | fields
    made = api.post(PROJECTS, sent, format="multipart").json()
    jobs.run(made["job"]["id"])
    star = shown(api, made)
    sparks = star["source"]["sparks"]
    assert len(sparks) >= 3
    x, y = sparks[0]["point"]
    after = refined(api, star, tool="effects", x=x, y=y)
    assert alpha_of(api, after)[y, x] > 200
    assert [spark["point"] for spark in after["source"]["sparks"]] == [spark["point"] for spark in sparks[1:]]
    everything = refined(api, star, tool="effects")
    assert everything["source"]["sparks"] == []


def png_of(mode: str, size: tuple[int, int]) -> str:
    file = io.BytesIO()
    Image.new(mode, size).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"tool": "brush", "mode": "keep"}, "mask"),
        ({"tool": "brush", "mask": ERASE["mask"]}, "mode"),
        ({"tool": "brush", "mask": ERASE["mask"], "mode": "open"}, "mode"),
        ({"tool": "brush", "mask": "☃", "mode": "keep"}, "mask"),
        ({"tool": "brush", "mask": 5, "mode": "keep"}, "mask"),
        ({"tool": "brush", "mask": "aGVsbG8=", "mode": "keep"}, "mask"),
        ({"tool": "brush", "mask": str(ERASE["mask"])[:-40], "mode": "keep"}, "mask"),
        ({"tool": "brush", "mask": png_of("L", (2049, 1)), "mode": "keep"}, "mask"),
        ({"tool": "brush", "mask": png_of("P", (8, 8)), "mode": "keep"}, "mask"),
        ({"tool": "brush", "mask": "A" * 700_000, "mode": "keep"}, "mask"),
        ({"tool": "points"}, "points"),
        ({"tool": "points", "points": [[1, 2]]}, "points"),
        ({"tool": "points", "points": [[1, 2, 3]]}, "points"),
        ({"tool": "points", "points": [[1, 2.5, 1]]}, "points"),
        ({"tool": "points", "points": [[True, 2, 1]]}, "points"),
        ({"tool": "points", "points": [[256, 0, 1]]}, "points"),
        ({"tool": "points", "points": [[1, 1, 1]] * 33}, "points"),
        ({"tool": "points", "box": [5, 5, 5, 9]}, "box"),
        ({"tool": "pocket", "x": 1, "y": 1, "mode": "keep"}, "mode"),
        ({"tool": "effects", "x": 1}, "y"),
        ({"tool": "edge", "shift": 21}, "shift"),
        ({"tool": "edge", "feather": -1}, "feather"),
        ({"tool": "edge", "decontaminate": "perhaps"}, "decontaminate"),
        ({"tool": "white", "tolerance": 256}, "tolerance"),
        ({"tool": "inpaint"}, "tool"),
    ],
)
def test_junk_is_refused_by_name_and_starts_no_job(
    api: APIClient, ring: Any, body: dict[str, Any], attr: str
) -> None:
    answer = ask(api, ring, body)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr), answer.json()
    assert not Job.objects.filter(kind="refine").exists()


def test_a_number_that_is_none_is_refused_in_a_form_too(api: APIClient, ring: Any) -> None:
    for word in ("nan", "inf"):
        sent = api.post(f"{PROJECTS}{ring['id']}/source/refine/", {"tool": "edge", "shift": word}, format="multipart")
        assert sent.status_code in (400, 415)


def test_a_stroke_that_would_leave_nothing_fails_in_words(api: APIClient, ring: Any) -> None:
    whole = base64.b64encode(png.write(np.full((SIDE, SIDE), 255, np.uint8))).decode()
    job = ask(api, ring, {"tool": "brush", "mode": "erase", "mask": whole}).json()
    jobs.run(job["id"])
    ended = api.get(f"/api/v1/jobs/{job['id']}/").json()
    assert (ended["status"], "nothing of the picture" in ended["error"]) == ("failed", True)
    assert shown(api, ring)["source"]["matte"] == ring["source"]["matte"]


def test_equal_strokes_get_one_job(api: APIClient, ring: Any) -> None:
    first = ask(api, ring, ERASE).json()
    assert ask(api, ring, ERASE).json()["id"] == first["id"]
    assert ask(api, ring, ERASE | {"mode": "keep"}).status_code == 409


def test_a_stroke_is_a_file_and_no_part_of_the_row(api: APIClient, ring: Any) -> None:
    job = Job.objects.get(pk=ask(api, ring, ERASE).json()["id"])
    assert len(str(job.params)) < 300
    assert png.read(storage.read(job.params["mask"])).shape == (SIDE, SIDE, 4)


def test_white_is_refused_where_the_ground_is_not_plain(api: APIClient, ring: Any) -> None:
    Source.objects.update(background="other")
    answer = ask(api, ring, {"tool": "white", "tolerance": 9})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "no_white_ground")


@pytest.fixture
def clip(transactional_db: None, api: APIClient, endpoint: FakeEndpoint) -> Any:
    """Return a clip of two frames, the ring and its mirror image, keyed."""
    picture = png.read((CASES / "ring.png").read_bytes())
    still, turned = Image.fromarray(picture), Image.fromarray(np.ascontiguousarray(picture[:, ::-1]))
    turned.putpixel((0, 0), (254, 255, 255))
    data = animation([still, turned], "PNG", 100)
    sent = {"source": upload(data, "ring.png"), "size": 256, "framing": "whole"}
    made = api.post(PROJECTS, sent, format="multipart").json()
    jobs.run(made["job"]["id"])
    return shown(api, made)


@pytest.mark.parametrize(
    "body",
    [
        {"tool": "edge", "shift": 3},
        ERASE,
        {"tool": "points", "points": [[128, 210, 0]]},
        {"tool": "white", "tolerance": 60},
    ],
)
def test_the_frames_of_a_clip_are_refined_each_by_itself(api: APIClient, clip: Any, body: dict[str, Any]) -> None:
    old = clip["frames"][0]["chosen"]
    after = refined(api, clip, "frames/0/refine/", candidate=old, apply_to="all", **body)
    for frame, before in zip(after["frames"], clip["frames"], strict=True):
        new = chosen(frame)
        assert (new["origin"], new["parent"], new["status"]) == ("refined", before["chosen"], "ready")
        assert content(api, new["picture_url"]) == content(api, chosen(before)["picture_url"])
        assert content(api, new["alpha_url"]) != content(api, chosen(before)["alpha_url"])
    undone = ask(api, clip, {"candidate": old}, "frames/0/choose/").json()
    assert undone["chosen"] == old


def test_an_erased_part_of_a_drawn_frame_comes_back_by_the_other_brush(api: APIClient, ring: Any) -> None:
    mask = stroke((64, 14), (64, 15), width=30, side=128)
    old = ring["frames"][0]
    gone = refined(api, ring, "frames/0/refine/", candidate=old["chosen"], tool="brush", mode="erase", mask=mask)
    erased = gone["frames"][0]["chosen"]
    back = refined(api, ring, "frames/0/refine/", candidate=erased, tool="brush", mode="keep", mask=mask)
    alphas = [
        png.read(content(api, chosen(project["frames"][0])["alpha_url"])).astype(int)
        for project in (ring, gone, back)
    ]
    assert np.abs(alphas[1] - alphas[0]).sum() > 10 * np.abs(alphas[2] - alphas[0]).sum()


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
    assert [frame["status"] for frame in after["frames"]] == ["ready", "ready"]
    listed = api.get(f"{PROJECTS}{ring['id']}/source/mattes/").json()
    assert [row["tool"] for row in listed] == ["", "edge", "brush"]
    assert [row["parent"] for row in listed] == [None, listed[0]["id"], listed[1]["id"]]
    assert_undo_draws_the_frames_that_were_left_out(api, ring, listed[1]["id"])


def assert_undo_draws_the_frames_that_were_left_out(api: APIClient, ring: Any, matte: str) -> None:
    answer = ask(api, ring, {"matte": matte}, "source/choose/").json()
    assert [frame["status"] for frame in answer["frames"]] == ["working", "working"]
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
    assert [len(frame["candidates"]) for frame in states[-1]["frames"]] == [4, 4]
    for state in states[-2::-1]:
        answer = ask(api, ring, {"matte": state["source"]["matte"]}, "source/choose/")
        assert answer.status_code == 200, answer.json()
        for job in Job.objects.live():
            jobs.run(str(job.pk))
        urls = [chosen(project["frames"][0])["alpha_url"] for project in (shown(api, ring),)]
        assert all(png.read(content(api, url)).any() for url in urls)
    assert [frame["chosen"] for frame in shown(api, ring)["frames"]] == [frame["chosen"] for frame in ring["frames"]]
