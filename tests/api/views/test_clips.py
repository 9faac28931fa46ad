"""Clips over HTTP: sent, sampled as asked, shown for what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from animations.models import Candidate, Frame, Job, Preset, Project
from tests.conftest import upload
from tests.ingest.images import encoded, two_halves
from tests.ingest.sample_clips import CLEAR, animation, scenes, sound_only, video

PROJECTS = "/api/v1/projects/"
CASES = Path(__file__).parents[2] / "data" / "cases"
DELAYS = [40, 200, 60, 300]


def send(api: APIClient, data: bytes | None = None, name: str = "walk.gif", **fields: Any) -> Any:
    clip = animation(scenes(4), "GIF", DELAYS) if data is None else data
    return api.post(PROJECTS, {"source": upload(clip, name)} | fields, format="multipart")


def refused(answer: Any) -> tuple[int, str, str]:
    error = answer.json()["errors"][0]
    return answer.status_code, error["attr"], error["code"]


def test_a_clip_without_words_moves_by_itself(api: APIClient) -> None:
    answer = send(api)
    made = answer.json()
    assert answer.status_code == 201, made
    assert (made["generator"], made["frame_count"], made["candidates"], made["frame_ms"]) == ("clip", 4, 1, 150)
    assert made["motion"] == {"preset": None, "prompt": "", "understood_as": "", "words": ""}
    assert made["source"]["kind"] == "clip"
    assert made["source"]["clip"] == {"duration_ms": 600, "frames": 4}
    assert (made["clip_start_ms"], made["clip_end_ms"], made["clip_fps"]) == (0, None, None)
    assert [frame["delay_ms"] for frame in made["frames"]] == DELAYS
    assert [[each["engine"] for each in frame["candidates"]] for frame in made["frames"]] == [["rembg"]] * 4
    assert made["job"]["total"] == 4
    recipes = Candidate.objects.order_by("frame__index").values_list("recipe", flat=True)
    assert list(recipes)[2] == {"clip_ms": 240, "clip_index": 2}


def test_a_clip_with_its_own_alpha_is_matted_by_it(api: APIClient) -> None:
    made = send(api, animation(scenes(2, background=CLEAR), "WEBP", 100, lossless=True), "walk.webp").json()
    assert {frame["candidates"][0]["engine"] for frame in made["frames"]} == {"none"}


def test_a_part_and_a_rate_are_chosen(api: APIClient) -> None:
    data = animation(scenes(50), "GIF", 40)
    made = send(api, data, clip_start_ms=500, clip_end_ms=1500, clip_fps=8, frame_count=3).json()
    assert (made["clip_start_ms"], made["clip_end_ms"], made["clip_fps"], made["frame_count"]) == (500, 1500, 8, 8)
    assert {frame["delay_ms"] for frame in made["frames"]} == {125}
    answer = api.post(f"{PROJECTS}{made['id']}/generate/", {"clip_fps": None, "clip_end_ms": None}, format="json")
    assert answer.status_code == 409  # the first is still under way
    Job.objects.update(status="succeeded")
    Project.objects.update(status="ready")
    job = api.post(f"{PROJECTS}{made['id']}/generate/", {"clip_fps": None, "clip_end_ms": None}, format="json")
    again = api.get(f"{PROJECTS}{made['id']}/").json()
    assert job.status_code == 202
    assert (again["clip_start_ms"], again["clip_end_ms"], again["clip_fps"], again["frame_count"]) == (
        500,
        None,
        None,
        24,
    )


def test_equal_options_while_a_clip_is_under_way_get_the_same_job(api: APIClient) -> None:
    made = send(api).json()
    url = f"{PROJECTS}{made['id']}/generate/"
    for options in ({}, {"generator": "clip"}, {"clip_start_ms": 0}):
        assert api.post(url, options, format="json").json()["id"] == made["job"]["id"]
    assert api.post(url, {"clip_start_ms": 40}, format="json").status_code == 409


def test_a_clip_with_words_or_a_preset_is_drawn(api: APIClient, bounce: Preset) -> None:
    motions: list[dict[str, Any]] = [{"prompt": "wobble"}, {"preset": "bounce"}, {"generator": "procedural"}]
    for options in motions:
        made = send(api, **options, frame_count=5).json()
        assert (made["generator"], made["frame_count"], made["candidates"]) == ("procedural", 5, 3)
        assert made["source"]["kind"] == "clip"
    Job.objects.update(status="succeeded")
    Project.objects.update(status="ready")
    again = api.post(f"{PROJECTS}{made['id']}/generate/", {"generator": "auto"}, format="json")
    assert again.status_code == 202
    assert api.get(f"{PROJECTS}{made['id']}/").json()["generator"] == "clip"


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"clip_start_ms": 600}, "clip_start_ms"),
        ({"clip_start_ms": -1}, "clip_start_ms"),
        ({"clip_start_ms": 300, "clip_end_ms": 300}, "clip_end_ms"),
        ({"clip_end_ms": 601}, "clip_end_ms"),
        ({"clip_start_ms": 310, "clip_end_ms": 400}, "clip_end_ms"),
        ({"clip_fps": 0}, "clip_fps"),
        ({"clip_fps": 51}, "clip_fps"),
        ({"generator": "clip", "prompt": "wobble"}, "generator"),
    ],
)
def test_a_wrong_part_is_refused_by_name_and_leaves_nothing(api: APIClient, fields: Any, attr: str) -> None:
    answer = send(api, **fields)
    assert refused(answer)[:2] == (400, attr)
    assert not Project.objects.exists()
    assert list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == []


def test_a_loop_runs_ten_seconds_at_most(api: APIClient) -> None:
    data = animation(scenes(10), "GIF", 2000)
    assert refused(send(api, data, clip_start_ms=0, clip_end_ms=10_001))[:2] == (400, "clip_end_ms")
    made = send(api, data).json()
    assert (made["source"]["clip"]["duration_ms"], sum(frame["delay_ms"] for frame in made["frames"])) == (
        20_000,
        10_000,
    )


def test_a_picture_does_not_move_by_itself(api: APIClient) -> None:
    data = encoded(two_halves(), "GIF")
    assert refused(send(api, data, generator="clip")) == (400, "generator", "invalid")
    made = send(api, data, prompt="wobble", clip_fps=10).json()
    assert (made["source"]["kind"], made["source"]["clip"], made["clip_fps"]) == ("picture", None, None)


def test_bad_clips_are_refused_and_leave_nothing(api: APIClient, tmp_path: Path) -> None:
    whole = video(tmp_path / "a.mp4", scenes(3))
    bad = {
        "empty": b"",
        "no_video": sound_only(tmp_path / "b.mp4"),
        "damaged": whole[: len(whole) // 3],
        "not_a_picture": b"These are words, whatever the name says.",
        "too_small": animation(scenes(2, (1, 1)), "WEBP"),
    }
    for code, data in bad.items():
        assert refused(send(api, data, "clip.mp4")) == (400, "source", code)
    assert not Project.objects.exists()
    assert list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == []


def test_a_clips_frame_has_no_words_to_try(api: APIClient) -> None:
    made = send(api).json()
    Job.objects.update(status="succeeded")
    answer = api.post(f"{PROJECTS}{made['id']}/frames/1/retry/", {"prompt": "wobble"})
    assert refused(answer) == (400, "prompt", "unavailable")
    assert "no words" in answer.json()["errors"][0]["detail"]
    assert Frame.objects.count() == 4


def test_long_stays_are_shortened_with_a_note(api: APIClient) -> None:
    made = send(api, (CASES / "long-first-frame.gif").read_bytes()).json()
    assert [frame["delay_ms"] for frame in made["frames"]] == [9900, 100]
    assert [note["code"] for note in made["notes"]] == ["clip_shortened"]
    assert "shown for 9.90 s" in made["notes"][0]["text"]


def test_a_chosen_part_keeps_its_timing_without_a_note(api: APIClient) -> None:
    data = animation(scenes(3), "GIF", [9000, 1500, 20_000])
    made = send(api, data, clip_start_ms=4000, clip_end_ms=14_000).json()
    assert [frame["delay_ms"] for frame in made["frames"]] == [5000, 1500, 3500]
    assert made["notes"] == []
    assert send(api).json()["notes"] == []
    still = send(api, data, clip_end_ms=9000)
    assert refused(still)[:2] == (400, "clip_end_ms")
    assert "leave out its end" in still.json()["errors"][0]["detail"]


def test_a_slideshow_keeps_all_its_pictures(api: APIClient) -> None:
    made = send(api, animation(scenes(20), "GIF", 3000)).json()
    assert [frame["delay_ms"] for frame in made["frames"]] == [500] * 20
    assert [note["code"] for note in made["notes"]] == ["clip_shortened"]


def test_a_few_pictures_that_stay_for_very_long_are_taken(api: APIClient) -> None:
    data = animation(scenes(3), "GIF", 30_000)
    made = send(api, data).json()
    assert made["source"]["clip"] == {"duration_ms": 90_000, "frames": 3}
    assert [frame["delay_ms"] for frame in made["frames"]] == [3333] * 3
    assert [note["code"] for note in made["notes"]] == ["clip_shortened"]
    part = send(api, data, clip_start_ms=85_000, clip_end_ms=90_000)
    assert refused(part)[:2] == (400, "clip_end_ms")
    part = send(api, data, clip_start_ms=55_000, clip_end_ms=65_000).json()
    assert [frame["delay_ms"] for frame in part["frames"]] == [5000, 5000]
    assert refused(send(api, animation(scenes(7), "GIF", 10_000))) == (400, "source", "too_long")


def test_the_framing_is_chosen_kept_and_changed(api: APIClient) -> None:
    made = send(api).json()
    assert made["framing"] == "crop"
    assert send(api, framing="whole").json()["framing"] == "whole"
    assert refused(send(api, framing="half")) == (400, "framing", "invalid_choice")
    Job.objects.update(status="succeeded")
    Project.objects.update(status="ready")
    path = f"{PROJECTS}{made['id']}/"
    assert api.post(f"{path}generate/", {"framing": "whole"}, format="json").status_code == 202
    assert api.get(path).json()["framing"] == "whole"
