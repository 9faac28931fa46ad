"""A hole in a keyed picture: offered, opened over HTTP, drawn into every frame, and closed again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from PIL import Image
from rest_framework.test import APIClient

from animations import jobs, storage
from animations.imaging import png
from animations.models import Frame, Job, Matte, Project
from animations.work.lease import claim
from animations.work.matte.refine_source import refine_source
from tests.conftest import content, upload
from tests.ingest.sample_clips import animation
from tests.work.fake_endpoint import FakeEndpoint
from tests.work.kinds.refine_requests import CASES, PROJECTS, ask, chosen, refined, shown


def opened(api: APIClient, project: Any, **body: Any) -> Any:
    """Open the pocket at its middle, or at x and y, and return the project."""
    answer = ask(api, project, {"tool": "pocket", "x": 128, "y": 128} | body)
    assert answer.status_code == 202, answer.json()
    jobs.run(answer.json()["id"])
    return shown(api, project)


def middle(api: APIClient, frame: Any) -> int:
    """Measure how opaque the middle of what a frame shows is."""
    cutout = png.read(content(api, chosen(frame)["cutout_url"]))
    rows, columns = np.nonzero(cutout[..., 3])
    return int(cutout[(rows.min() + rows.max()) // 2, (columns.min() + columns.max()) // 2, 3])


def test_the_hole_of_a_ring_is_offered(ring: Any) -> None:
    (pocket,) = ring["source"]["pockets"]
    assert (pocket["x"], pocket["y"], pocket["width"], pocket["height"]) == (67, 67, 123, 123)
    assert pocket["point"] == [128, 128]


def test_a_hole_that_is_opened_is_open_in_every_frame_without_the_gpu(
    api: APIClient, ring: Any, endpoint: FakeEndpoint
) -> None:
    assert [middle(api, frame) for frame in ring["frames"]] == [255] * 3
    after = opened(api, ring)
    assert [middle(api, frame) for frame in after["frames"]] == [0] * 3
    for frame, old in zip(after["frames"], ring["frames"], strict=True):
        new = chosen(frame)
        assert (new["origin"], new["parent"], new["engine"]) == ("refined", old["chosen"], "white")
    assert after["source"]["matte"] != ring["source"]["matte"]
    assert (after["source"]["matte_parent"], after["source"]["pockets"]) == (ring["source"]["matte"], [])
    assert Matte.objects.get(pk=after["source"]["matte"]).parent_id is not None
    assert (endpoint.runs, after["status"]) == ([], "ready")
    hole = png.read(content(api, after["source"]["cutout_url"]))[100:156, 100:156]
    assert not hole.any()


@pytest.mark.parametrize("body", [{"tool": "pocket", "x": 128, "y": 128}, {"tool": "matte", "engine": "none"}])
def test_a_new_matte_and_its_use_are_one_change_of_the_project(
    api: APIClient, ring: Any, body: dict[str, Any]
) -> None:
    for engine in ("none", "white"):  # so that both have made one already
        refined(api, ring, tool="matte", engine=engine)
    lease = claim(ask(api, ring, body).json()["id"])
    before = Project.objects.get(pk=ring["id"]).revision
    refine_source(lease)
    assert Project.objects.get(pk=ring["id"]).revision == before + 1


def test_a_click_on_the_rim_within_the_outline_opens_it_too(api: APIClient, ring: Any) -> None:
    assert middle(api, opened(api, ring, x=67, y=67)["frames"][0]) == 0


def test_a_hole_is_closed_again_by_the_matte_it_was_made_from(api: APIClient, ring: Any) -> None:
    after = opened(api, ring)
    answer = ask(api, ring, {"matte": after["source"]["matte_parent"]}, "source/choose/")
    assert answer.status_code == 200
    closed = answer.json()
    assert closed["source"]["matte"] == ring["source"]["matte"]
    assert [frame["chosen"] for frame in closed["frames"]] == [frame["chosen"] for frame in ring["frames"]]
    assert len(closed["source"]["pockets"]) == 1
    assert closed["revision"] > after["revision"]
    again = opened(api, ring)
    assert [middle(api, frame) for frame in again["frames"]] == [0] * 3


def test_a_retry_is_drawn_of_the_matte_in_use(api: APIClient, ring: Any) -> None:
    after = opened(api, ring)
    for open_now, words in ((True, "pulse"), (False, "breathe")):
        job = ask(api, ring, {"prompt": words, "candidates": 1}, "frames/0/retry/").json()
        jobs.run(job["id"])
        newest = shown(api, ring)["frames"][0]["candidates"][-1]
        assert newest["status"] == "ready"
        frame = {"candidates": [newest], "chosen": newest["id"]}
        assert (middle(api, frame) == 0) is open_now
        ask(api, ring, {"matte": after["source"]["matte_parent"]}, "source/choose/")


def test_another_engine_mattes_the_source_and_stays_its_choice(
    api: APIClient, ring: Any, endpoint: FakeEndpoint
) -> None:
    job = ask(api, ring, {"tool": "matte", "engine": "birefnet"}).json()
    jobs.run(job["id"])
    after = shown(api, ring)
    assert ([chosen(frame)["engine"] for frame in after["frames"]], after["matte"]) == (["birefnet"] * 3, "birefnet")
    assert len(endpoint.runs) == 1


def test_a_run_that_starts_again_opens_nothing_twice(api: APIClient, ring: Any) -> None:
    after = opened(api, ring)
    job = Job.objects.get(kind="refine")
    frame = job.candidates.order_by("frame__index").last().frame  # type: ignore[union-attr]
    job.candidates.filter(frame=frame).update(status="pending", cutout="")
    Frame.objects.filter(pk=frame.pk).update(status="working")
    Job.objects.filter(pk=job.pk).update(status="queued", finished_at=None)
    jobs.run(str(job.pk))
    again = shown(api, ring)
    assert Matte.objects.count() == 2
    assert [middle(api, each) for each in again["frames"]] == [0] * 3
    assert again["source"]["matte"] == after["source"]["matte"]


def test_where_there_is_no_hole_the_job_fails_in_words_and_frames_stay(api: APIClient, ring: Any) -> None:
    job = ask(api, ring, {"tool": "pocket", "x": 2, "y": 2}).json()
    jobs.run(job["id"])
    ended = api.get(f"/api/v1/jobs/{job['id']}/").json()
    assert (ended["status"], "no background of one colour" in ended["error"]) == ("failed", True)
    after = shown(api, ring)
    assert [frame["chosen"] for frame in after["frames"]] == [frame["chosen"] for frame in ring["frames"]]
    assert {frame["status"] for frame in after["frames"]} == {"ready"}
    assert after["source"]["matte"] == ring["source"]["matte"]


def test_failed_refines_are_deleted_so_that_they_fill_up_no_frame(api: APIClient, ring: Any) -> None:
    for x in range(3):
        jobs.run(ask(api, ring, {"tool": "pocket", "x": x, "y": 2}).json()["id"])
    rows = [frame["candidates"] for frame in opened(api, ring)["frames"]]
    assert [[row["status"] for row in frame] for frame in rows] == [["ready", "ready"]] * 3


def test_what_is_chosen_while_the_source_is_refined_stays_chosen(api: APIClient, ring: Any) -> None:
    after = opened(api, ring)
    asked = ask(api, ring, {"tool": "matte", "engine": "birefnet"}).json()
    original = ring["frames"][1]["chosen"]
    assert ask(api, ring, {"candidate": original}, "frames/1/choose/").status_code == 200
    jobs.run(asked["id"])
    now = [frame["chosen"] for frame in shown(api, ring)["frames"]]
    assert now[1] == original
    assert {now[0], now[2]}.isdisjoint(frame["chosen"] for frame in [*ring["frames"], *after["frames"]])


def test_an_equal_request_gets_the_live_job_and_another_is_busy(api: APIClient, ring: Any) -> None:
    body = {"tool": "pocket", "x": 128, "y": 128}
    first = ask(api, ring, body).json()
    assert ask(api, ring, body).json()["id"] == first["id"]
    others = [
        ask(api, ring, body | {"x": 129}),
        ask(api, ring, {"prompt": "sway"}, "frames/0/retry/"),
        ask(api, ring, {"prompt": "sway"}, "generate/"),
        ask(api, ring, {"candidate": ring["frames"][1]["chosen"]} | body, "frames/1/refine/"),
    ]
    assert [(other.status_code, other.json()["errors"][0]["code"]) for other in others] == [(409, "busy")] * 4


def test_the_same_key_gets_the_same_answer(api: APIClient, ring: Any) -> None:
    body = {"tool": "pocket", "x": 128, "y": 128}
    answers = [ask(api, ring, body, **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert ask(api, ring, body | {"x": 5}, **{"Idempotency-Key": "once"}).status_code == 422


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"tool": "pocket"}, "x"),
        ({"tool": "pocket", "x": 4}, "y"),
        ({"tool": "pocket", "x": 256, "y": 0}, "x"),
        ({"tool": "pocket", "x": 0, "y": -1}, "y"),
        ({"tool": "matte"}, "engine"),
        ({"tool": "points", "points": []}, "points"),
        ({}, "tool"),
    ],
)
def test_a_refine_with_missing_or_unknown_fields_is_refused_by_name(
    api: APIClient, ring: Any, body: dict[str, Any], attr: str
) -> None:
    answer = ask(api, ring, body)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)
    assert not Job.objects.filter(kind="refine").exists()


def test_a_stranger_finds_nothing(ring: Any, stranger: User, client_of: Any) -> None:
    for tail in ("source/refine/", "source/choose/"):
        assert ask(client_of(stranger), ring, {"tool": "pocket", "x": 1, "y": 1}, tail).status_code == 404


def test_one_frame_of_a_clip_is_opened_where_it_is_pointed_at(
    transactional_db: None, api: APIClient, endpoint: FakeEndpoint
) -> None:
    picture = png.read((CASES / "ring.png").read_bytes())

    still, turned = Image.fromarray(picture), Image.fromarray(np.ascontiguousarray(picture[:, ::-1]))
    turned.putpixel((0, 0), (254, 255, 255))
    data = animation([still, turned], "PNG", 100)
    made = api.post(PROJECTS, {"source": upload(data, "ring.png"), "size": 256}, format="multipart").json()
    jobs.run(made["job"]["id"])
    before = shown(api, made)
    first = png.read(content(api, chosen(before["frames"][0])["cutout_url"]))
    y, x = first.shape[0] // 2, first.shape[1] // 2
    body = {"candidate": before["frames"][0]["chosen"], "tool": "pocket", "x": x, "y": y}
    assert ask(api, made, body, "source/refine/").json()["errors"][0]["code"] == "unavailable"
    jobs.run(ask(api, made, body, "frames/0/refine/").json()["id"])
    after = shown(api, made)
    assert [middle(api, frame) for frame in after["frames"]] == [0, 255]
    assert (chosen(after["frames"][0])["origin"], chosen(after["frames"][0])["engine"]) == ("refined", "white")
    assert endpoint.runs == []
    both = {"candidate": after["frames"][1]["chosen"], "tool": "pocket", "x": x, "y": y, "apply_to": "all"}
    jobs.run(ask(api, made, both, "frames/1/refine/").json()["id"])
    last = shown(api, made)
    assert [middle(api, frame) for frame in last["frames"]] == [0, 0]
    assert last["frames"][0]["candidates"][-1]["status"] == "failed"  # it was open already


def test_the_picture_of_an_opened_frame_is_its_parents(api: APIClient, ring: Any) -> None:
    body = {"candidate": ring["frames"][0]["chosen"], "tool": "pocket", "x": 64, "y": 64}
    jobs.run(ask(api, ring, body, "frames/0/refine/").json()["id"])
    frame = Project.objects.get(pk=ring["id"]).current_frames().select_related("chosen__parent").get(index=0)
    new = frame.chosen
    assert new is not None
    assert new.parent is not None
    assert new.picture.name == new.parent.picture.name
    assert new.cutout.name != new.parent.cutout.name
    assert not png.read(storage.read(new.alpha.name))[60:68, 60:68].any()
