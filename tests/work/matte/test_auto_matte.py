"""What `auto` does with what people send, from the upload over HTTP to the drawn frames."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw
from rest_framework.test import APIClient

from animations import jobs, storage
from animations.imaging import png
from animations.imaging.arrays import Picture
from animations.models import Candidate, GpuCall, Project
from tests.conftest import content, upload
from tests.ingest.sample_clips import animation
from tests.work.fake_endpoint import FakeEndpoint

PROJECTS = "/api/v1/projects/"
CASES = Path(__file__).parents[2] / "data" / "cases"
STILL: dict[str, Any] = {"prompt": "subtle bounce", "frame_count": 2, "size": 256, "candidates": 1}
"""Hardly moved, so that colours can be looked at where they were."""

Send = Callable[..., Any]


@pytest.fixture
def send(transactional_db: None, api: APIClient, endpoint: FakeEndpoint) -> Send:
    """Send a file over HTTP, run its job, and read the project over HTTP."""

    def sent(data: bytes, name: str, **fields: Any) -> Any:
        answer = api.post(PROJECTS, {"source": upload(data, name)} | fields, format="multipart")
        assert answer.status_code == 201, answer.json()
        made = answer.json()
        jobs.run(made["job"]["id"])
        return api.get(f"{PROJECTS}{made['id']}/").json()

    return sent


def case(name: str) -> bytes:
    return (CASES / name).read_bytes()


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def engines(project: Any) -> list[str]:
    return [candidate["engine"] for frame in project["frames"] for candidate in frame["candidates"]]


def cutout_of(project: Any) -> Picture:
    """Read the source's cutout, as it is stored."""
    return png.read(storage.read(Project.objects.get(pk=project["id"]).source.matte.cutout.name))  # type: ignore[union-attr]


def first_frame(api: APIClient, project: Any) -> Picture:
    chosen = project["frames"][0]["chosen"]
    (url,) = [each["cutout_url"] for each in project["frames"][0]["candidates"] if each["id"] == chosen]
    return png.read(content(api, url))


@pytest.mark.parametrize("name", ["one-pixel-254.png", "rounded-corners.png"])
def test_a_photo_that_is_opaque_but_for_its_rim_is_matted_by_a_model(
    send: Send, endpoint: FakeEndpoint, name: str
) -> None:
    made = send(case(name), name, **STILL)
    assert (made["status"], made["source"]["ground"], set(engines(made))) == ("ready", "other", {"rembg"})
    assert [run["task"] for run in endpoint.runs] == ["rembg"]
    assert not cutout_of(made)[0, 160].any()


@pytest.mark.parametrize("name", ["ghost.png", "shadow.png", "glass.png"])
def test_a_cut_out_keeps_its_own_alpha_and_every_colour(
    send: Send, api: APIClient, endpoint: FakeEndpoint, name: str
) -> None:
    made = send(case(name), name, **STILL)
    assert (made["status"], made["source"]["ground"], set(engines(made))) == ("ready", "transparent", {"none"})
    assert (endpoint.runs, GpuCall.objects.count()) == ([], 0)
    came = png.read(case(name))
    shown = came[..., 3] > 0
    kept, on_the_page = cutout_of(made), png.read(content(api, made["source"]["cutout_url"]))
    assert np.array_equal(kept[shown], came[shown])
    assert np.array_equal(on_the_page, kept)


def test_a_black_shadow_is_black_in_every_frame(send: Send, api: APIClient) -> None:
    frame = first_frame(api, send(case("shadow.png"), "shadow.png", **STILL))
    bottom = frame[int(np.flatnonzero(frame[..., 3].any(axis=1)).max()) - 12 :]
    soft = (bottom[..., 3] >= 8) & (bottom[..., 3] < 255)
    assert np.count_nonzero(soft) > 200
    assert bottom[soft][:, :3].max() <= 2


def test_glass_is_of_its_own_green_in_every_frame(send: Send, api: APIClient) -> None:
    frame = first_frame(api, send(case("glass.png"), "glass.png", **STILL)).astype(int)
    came = png.read(case("glass.png"))
    level = int(np.median(came[..., 3][(came[..., :3] == (40, 200, 120)).all(axis=2) & (came[..., 3] > 0)]))
    glass = np.abs(frame[..., 3] - level) <= 2
    assert np.count_nonzero(glass) > 10_000
    inside = cv2.erode(glass.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert np.abs(frame[inside][:, :3] - (40, 200, 120)).max() <= 2


def soft_pixels(levels: int = 3) -> Image.Image:
    """Draw a cut-out with a wide glow, of colours that a background of another colour would change at once."""
    ys, xs = np.mgrid[:200, :200].astype(np.float32)
    away = np.hypot(ys - 100, xs - 100)
    alpha = np.rint(np.clip((90 - away) / 60, 0, 1) * 255).astype(np.uint8)
    colour = np.where((away < 40)[..., None], np.array((250, 240, 60), np.uint8), np.array((30, 60, 250), np.uint8))
    return Image.fromarray(np.dstack([colour, alpha]))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_clips_with_alpha_change_no_colour_and_ask_no_gpu(
    send: Send, api: APIClient, endpoint: FakeEndpoint, kind: str
) -> None:
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    pictures = [soft_pixels().rotate(90 * turn) for turn in range(3)]
    made = send(animation(pictures, kind, 100, **options), f"glow.{kind.lower()}", size=256)
    assert (made["status"], set(engines(made)), endpoint.runs) == ("ready", {"none"}, [])
    frame, came = first_frame(api, made).astype(int), np.asarray(pictures[0]).astype(int)
    shown = came[..., 3] >= 8
    assert np.abs(frame - came)[shown].max() <= 2


def test_a_glow_keeps_its_colour_where_a_model_is_asked_for(send: Send, endpoint: FakeEndpoint) -> None:
    made = send(encoded(soft_pixels()), "glow.png", matte="rembg", **STILL)
    assert len(endpoint.runs) == 1
    cutout, came = cutout_of(made).astype(int), np.asarray(soft_pixels()).astype(int)
    both = (cutout[..., 3] > 0) & (came[..., 3] < 255)
    assert np.count_nonzero(both) > 1000
    assert np.array_equal(cutout[both][:, :3], came[both][:, :3])


def test_the_engine_is_decided_frame_by_frame(send: Send, endpoint: FakeEndpoint) -> None:
    made = send(case("first-opaque.gif"), "first-opaque.gif", size=160)
    assert (made["status"], engines(made)) == ("ready", ["rembg", "none", "none", "none", "none", "none"])
    assert sum(len(run.get("images", [1])) for run in endpoint.runs) == 1


def test_an_opaque_frame_after_cut_outs_is_matted_too(send: Send, endpoint: FakeEndpoint) -> None:
    clear, opaque = soft_pixels(), Image.new("RGBA", (200, 200), (200, 90, 30, 255))
    made = send(animation([clear, opaque, clear.rotate(90)], "PNG", 100), "late.png")
    assert (made["status"], engines(made)) == ("ready", ["none", "rembg", "none"])


def test_a_run_that_starts_again_decides_as_the_first_did(send: Send, endpoint: FakeEndpoint) -> None:
    white = Image.new("RGB", (96, 96), (255, 255, 255))
    white.paste((200, 30, 30), (30, 30, 60, 60))
    green = white.copy()
    green.paste((20, 140, 60), (0, 0, 96, 20))
    green.paste((20, 140, 60), (0, 0, 40, 96))
    made = send(animation([white, green, white.rotate(180)], "PNG", 100), "walk.png")
    assert engines(made) == ["rembg"] * 3
    project = Project.objects.get(pk=made["id"])
    project.current_frames().filter(index=2).update(status="pending", chosen=None)
    Candidate.objects.filter(frame__index=2).update(status="pending", cutout="")
    Project.objects.update(status="working")
    project.jobs.update(status="queued", finished_at=None)
    jobs.run(made["job"]["id"])
    assert list(Candidate.objects.order_by("frame__index").values_list("engine", flat=True)) == ["rembg"] * 3


def test_white_inside_dark_lines_stays(send: Send, endpoint: FakeEndpoint) -> None:
    made = send(case("caterpillar.png"), "caterpillar.png", **STILL)
    assert (made["source"]["ground"], set(engines(made)), endpoint.runs) == ("white", {"white"}, [])
    came, cutout = png.read(case("caterpillar.png")), cutout_of(made)
    lines = (came.max(axis=2) < 60).astype(np.uint8)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(1 - lines, connectivity=4)
    bodies = [part for part in range(1, count) if parts[0, 0] != part and stats[part, cv2.CC_STAT_AREA] > 300]
    assert len(bodies) >= 5
    for part in bodies:
        assert (cutout[parts == part][:, 3] >= 250).mean() > 0.98
    assert not cutout[parts == parts[0, 0]][:, 3].astype(bool).mean() > 0.05


def test_keying_keeps_every_spark(send: Send, endpoint: FakeEndpoint) -> None:
    made = send(case("sparks.png"), "sparks.png", **STILL)
    assert (made["status"], endpoint.runs) == ("ready", [])
    count, _ = cv2.connectedComponents((cutout_of(made)[..., 3] >= 128).astype(np.uint8))
    assert count - 1 == 9  # a star and eight sparks


def drawn_on(background: tuple[int, int, int], side: int = 240) -> Image.Image:
    picture = Image.new("RGB", (side, side), background)
    picture.paste((200, 40, 60), (80, 60, 160, 180))
    return picture


@pytest.mark.parametrize("quality", [50, 75, 95])
@pytest.mark.parametrize("background", [(255, 255, 255), (250, 245, 232)], ids=["white", "paper"])
def test_a_jpeg_on_paper_is_keyed(
    send: Send, endpoint: FakeEndpoint, quality: int, background: tuple[int, int, int]
) -> None:
    noise = np.random.default_rng(2).normal(0, 2, (240, 240, 3))
    noisy = np.clip(np.asarray(drawn_on(background)) + noise, 0, 255).astype(np.uint8)
    made = send(encoded(Image.fromarray(noisy), "JPEG", quality=quality), "page.jpg", **STILL)
    assert (made["status"], set(engines(made)), endpoint.runs) == ("ready", {"white"}, [])
    alpha = cutout_of(made)[..., 3]
    assert (alpha[64:176, 84:156] == 255).all()
    assert not alpha[:40].any()
    assert not alpha[200:].any()


def test_a_drawing_on_white_with_clear_corners_is_keyed_within_them(send: Send, endpoint: FakeEndpoint) -> None:
    picture = drawn_on((255, 255, 255)).convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 12, 12))
    made = send(encoded(picture), "card.png", **STILL)
    assert (set(engines(made)), endpoint.runs) == ({"white"}, [])
    alpha = cutout_of(made)[..., 3]
    assert not alpha[:50].any()
    assert (alpha[64:176, 84:156] == 255).all()


def test_a_pale_subject_that_melts_into_white_is_left_to_the_model(send: Send, endpoint: FakeEndpoint) -> None:
    faint = Image.new("RGB", (320, 320), "white")
    ImageDraw.Draw(faint).ellipse((80, 80, 240, 240), fill=(253, 252, 250))
    made = send(encoded(faint), "egg.png", **STILL)
    assert (made["status"], made["source"]["ground"], set(engines(made))) == ("ready", "other", {"rembg"})
    assert len(endpoint.runs) == 1


def test_a_clip_on_white_is_keyed_without_a_gpu(send: Send, endpoint: FakeEndpoint) -> None:
    pictures = [drawn_on((255, 255, 255)).rotate(10 * step, fillcolor=(255, 255, 255)) for step in range(4)]
    made = send(animation(pictures, "PNG", 100), "page.png")
    assert (made["status"], engines(made), endpoint.runs) == ("ready", ["white"] * 4, [])


@pytest.mark.parametrize("name", ["rounded-corners.png", "shadow.png"])
def test_white_is_refused_where_there_is_none(api: APIClient, send: Send, name: str) -> None:
    answer = api.post(PROJECTS, {"source": upload(case(name), name), "matte": "white"} | STILL, format="multipart")
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["attr"], error["code"]) == (400, "matte", "no_white_ground")
    assert "no plain white background" in error["detail"]
    assert not Project.objects.exists()
    made = send(case(name), name, **STILL)
    again = api.post(f"{PROJECTS}{made['id']}/generate/", {"matte": "white"}, format="json")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (400, "no_white_ground")
    frame = made["frames"][0]
    body = {"candidate": frame["chosen"], "tool": "matte", "engine": "white"}
    refine = api.post(f"{PROJECTS}{made['id']}/frames/0/refine/", body, format="json")
    assert (refine.status_code, refine.json()["errors"][0]["attr"]) == (400, "engine")


def test_of_a_clip_the_frames_without_a_white_background_fail_in_words(send: Send) -> None:
    white = drawn_on((255, 255, 255))
    made = send(animation([white, drawn_on((40, 90, 60))], "PNG", 100), "cut.png", matte="white")
    assert [frame["status"] for frame in made["frames"]] == ["ready", "failed"]
    assert "no plain white background" in made["frames"][1]["candidates"][0]["error"]


@pytest.mark.parametrize(("matte", "engine"), [("auto", "rembg"), ("sam", "sam"), ("none", "none")])
def test_a_drawn_candidate_names_the_engine_of_its_sources_matte(
    send: Send, api: APIClient, matte: str, engine: str
) -> None:
    made = send(case("rounded-corners.png"), "photo.png", matte=matte, **STILL)
    url = f"{PROJECTS}{made['id']}/frames/1/retry/"
    job = api.post(url, {"prompt": "wobble", "candidates": 1}, format="json").json()
    jobs.run(job["id"])
    again = api.get(f"{PROJECTS}{made['id']}/").json()
    assert engines(again) == [engine] * 3
    assert Project.objects.get().source.matte.engine == engine  # type: ignore[union-attr]
