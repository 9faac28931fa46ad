"""The refine tools over HTTP: each makes a new matte or candidate."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rest_framework.test import APIClient

from animations import jobs, storage
from animations.imaging import png
from animations.models import Job, Matte, Source
from tests.conftest import content, upload
from tests.work.fake_endpoint import FakeEndpoint
from tests.work.kinds.refine_requests import (
    CASES,
    CHAIN,
    ERASE,
    PROJECTS,
    SIDE,
    alpha_of,
    ask,
    chosen,
    refined,
    shown,
    stroke,
)


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


def test_a_stroke_that_is_refused_leaves_no_file(api: APIClient, ring: Any, clip: Any) -> None:
    before = [storage.project_files(project["id"]) for project in (ring, clip)]
    ask(api, ring, {"prompt": "sway"}, "generate/")
    assert ask(api, ring, ERASE).status_code == 409
    assert ask(api, clip, ERASE).status_code == 400
    old = ring["frames"][0]["chosen"]
    assert ask(api, clip, ERASE | {"candidate": old}, "frames/0/refine/").status_code == 400
    assert [storage.project_files(project["id"]) for project in (ring, clip)] == before


def test_white_is_refused_where_the_ground_is_not_plain(api: APIClient, ring: Any) -> None:
    Source.objects.update(background="other")
    answer = ask(api, ring, {"tool": "white", "tolerance": 9})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "no_white_ground")


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
