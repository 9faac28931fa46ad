"""The correction of one frame of a clip carried to the others: candidates that wait, chosen and undone at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from animations import jobs
from animations.imaging import png
from animations.models import Job
from tests.conftest import content
from tests.work.kinds.propagation.discs import SIDE, STEP, alphas, mended, propagated
from tests.work.kinds.refine_requests import ask, refined, shown, stroke


def test_other_frames_get_candidates_that_wait_and_are_chosen_and_undone_at_once(api: APIClient, discs: Any) -> None:
    assert [alpha[140, 35] for alpha in alphas(api, discs)] == [255] * 4
    before = mended(api, discs)
    after = propagated(api, before)
    assert [frame["chosen"] for frame in after["frames"]] == [frame["chosen"] for frame in before["frames"]]
    assert {frame["status"] for frame in after["frames"]} == {"ready"}
    made = [frame["candidates"][-1] for frame in after["frames"] if frame["index"] != 1]
    assert [one["parent"] for one in made] == [before["frames"][at]["chosen"] for at in (0, 2, 3)]
    assert all(one["origin"] == "refined" and one["confidence"] > 0.6 for one in made), made
    assert [one["confidence"] for one in after["frames"][1]["candidates"]] == [None, None]

    answer = ask(api, after, {"candidates": [one["id"] for one in made]}, "choose/").json()
    for was, now in zip(alphas(api, before), alphas(api, answer), strict=True):
        assert now[140, 35] == 0
        assert np.abs(now[:115].astype(int) - was[:115]).max() <= 8
    undone = ask(api, after, answer["undo"], "choose/").json()
    assert [alpha[140, 35] for alpha in alphas(api, undone)] == [255, 0, 255, 255]


def test_a_hole_in_the_subject_is_filled_where_the_subject_has_gone(api: APIClient, discs: Any) -> None:
    for at in range(4):
        mask = stroke((50 + STEP * at, 70), (51 + STEP * at, 70), width=18, side=SIDE)
        body = {"candidate": discs["frames"][at]["chosen"], "tool": "brush", "mode": "erase", "mask": mask}
        discs = refined(api, discs, f"frames/{at}/refine/", **body)
    Job.objects.filter(kind="refine").update(params={"tool": "matte"})  # as if the matte had come so
    mask = stroke((68, 70), (69, 70), width=24, side=SIDE)
    body = {"candidate": discs["frames"][3]["chosen"], "tool": "brush", "mode": "keep", "mask": mask}
    after = propagated(api, refined(api, discs, "frames/3/refine/", **body), 3)
    for at in range(3):
        alpha = png.read(content(api, after["frames"][at]["candidates"][-1]["alpha_url"]))
        assert alpha[70, 50 + STEP * at] == 255


def test_all_strokes_on_a_frame_are_carried_and_the_next_ones_replace_what_was_not_chosen(
    api: APIClient, discs: Any
) -> None:
    first = propagated(api, mended(api, discs))
    mask = stroke((10, 10), (11, 10), width=4, side=SIDE)
    body = {"candidate": first["frames"][1]["chosen"], "tool": "brush", "mode": "erase", "mask": mask}
    again = propagated(api, refined(api, first, "frames/1/refine/", **body))
    for at in (0, 2, 3):
        (old,), (new,) = (
            [row for row in project["frames"][at]["candidates"] if row["confidence"]] for project in (first, again)
        )
        assert old["id"] != new["id"]
        assert png.read(content(api, new["alpha_url"]))[140, 35] == 0


def test_where_no_other_frame_needs_it_the_job_says_so(api: APIClient, discs: Any) -> None:
    for at in (0, 2, 3):
        discs = mended(api, discs, at)
    discs = mended(api, discs)
    job = ask(api, discs, {"candidate": discs["frames"][1]["chosen"]}, "frames/1/propagate/").json()
    jobs.run(job["id"])
    ended = api.get(f"/api/v1/jobs/{job['id']}/").json()
    assert (ended["status"], "nothing to mend" in ended["error"]) == ("failed", True)
    frames = shown(api, discs)["frames"]
    assert [len(frame["candidates"]) for frame in frames] == [2] * 4
    assert {frame["status"] for frame in frames} == {"ready"}


def test_a_run_that_starts_again_makes_the_rest(api: APIClient, discs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = mended(api, discs)
    whole = propagated(api, before)
    job = Job.objects.filter(kind="refine").latest("created_at")
    made = job.candidates.get(frame__index=3)
    job.candidates.filter(pk=made.pk).update(status="pending", alpha="", cutout="", picture="", confidence=None)
    made.frame.__class__.objects.filter(pk=made.frame_id).update(status="working")
    Job.objects.filter(pk=job.pk).update(status="queued", done=2)
    jobs.run(str(job.pk))
    again = shown(api, before)["frames"]
    assert [frame["candidates"][-1]["alpha_url"] for frame in again] == [
        frame["candidates"][-1]["alpha_url"] for frame in whole["frames"]
    ]
    assert again[3]["candidates"][-1]["confidence"] == whole["frames"][3]["candidates"][-1]["confidence"]


def without(api: APIClient, project: Any, index: int) -> Any:
    """Take a frame out of the loop, and return the body that puts it back."""
    frames = [{"frame": each["id"], "delay_ms": 80} for each in project["frames"] if each["index"] != index]
    answer = ask(api, project, {"frames": frames, "revision": shown(api, project)["revision"]}, "timeline/")
    assert answer.status_code == 200, answer.json()
    return answer.json()["undo"]


@pytest.mark.parametrize(("removed", "carried"), [(0, [2, 3]), (2, [0, 3]), (1, [0, 2, 3])])
def test_a_frame_that_is_removed_meanwhile_is_not_worked_on_when_it_is_put_back(
    api: APIClient, discs: Any, removed: int, carried: list[int]
) -> None:
    before = mended(api, discs)
    job = ask(api, before, {"candidate": before["frames"][1]["chosen"]}, "frames/1/propagate/").json()
    undo = without(api, before, removed)
    jobs.run(job["id"])
    assert api.get(f"/api/v1/jobs/{job['id']}/").json()["status"] == "succeeded"
    frames = ask(api, before, undo, "timeline/").json()["frames"]
    assert {frame["status"] for frame in frames} == {"ready"}
    assert [frame["index"] for frame in frames if frame["candidates"][-1]["confidence"]] == carried


def test_what_cannot_be_carried_is_refused_in_words(api: APIClient, ring: Any, discs: Any) -> None:
    def refusal(project: Any, candidate: str | None) -> tuple[int, str, str]:
        answer = ask(api, project, {"candidate": candidate}, "frames/1/propagate/")
        error = answer.json()["errors"][0]
        return answer.status_code, error["code"], error["attr"]

    assert refusal(ring, ring["frames"][1]["chosen"]) == (400, "unavailable", "candidate")
    assert refusal(discs, discs["frames"][1]["chosen"]) == (400, "invalid", "candidate")
    assert refusal(discs, discs["frames"][0]["chosen"]) == (400, "does_not_exist", "candidate")
    edge = {"candidate": discs["frames"][1]["chosen"], "tool": "edge", "shift": -2}
    shifted = refined(api, discs, "frames/1/refine/", **edge)
    assert refusal(shifted, shifted["frames"][1]["chosen"]) == (400, "invalid", "candidate")


def test_an_equal_request_gets_the_live_job_and_another_is_busy(api: APIClient, discs: Any) -> None:
    after = mended(api, discs)
    body = {"candidate": after["frames"][1]["chosen"]}
    first = ask(api, after, body, "frames/1/propagate/")
    assert (first.status_code, first.json()["total"], first.json()["kind"]) == (202, 3, "refine")
    assert ask(api, after, body, "frames/1/propagate/").json()["id"] == first.json()["id"]
    other = {"candidate": after["frames"][2]["chosen"], "tool": "pocket", "x": 1, "y": 1}
    assert ask(api, after, other, "frames/2/refine/").status_code == 409
