from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from animations import jobs, storage
from animations.imaging import png
from animations.imaging.arrays import Mask, Picture
from animations.matte import pockets
from animations.matte.compose import compose_cutout
from animations.matte.engines import WHITE
from animations.matte.keying import key_white
from animations.matte.refine_tools import Region
from animations.matte.regions import describe_regions
from animations.models import Job, Matte, Project
from animations.work.errors import WorkFailed
from animations.work.lease import Lease
from animations.work.matte.picture import matte_source, open_holes
from tests.matte.test_pockets import ring
from tests.matte.test_sure_holes import rendered_ring
from tests.work.fake_endpoint import FakeEndpoint

ClaimLease = Callable[[Job], Lease]


def test_the_matte_is_as_large_as_the_normalised_picture_and_cuts_the_subject_out(
    make_project: Callable[..., Project], lease_of: ClaimLease, endpoint: FakeEndpoint
) -> None:
    project = make_project(matte="rembg")
    matte = matte_source(lease_of(project.jobs.get()))
    alpha, cutout = (png.read(storage.read(name)) for name in (matte.alpha.name, matte.cutout.name))
    assert alpha.shape == (80, 96)
    assert (alpha[0, 0], alpha[40, 48]) == (0, 255)
    assert tuple(cutout[40, 60][:3]) == (220, 30, 30)
    assert matte.model == "drawn"
    project.source.refresh_from_db()
    assert project.source.matte == matte


def test_an_existing_matte_is_not_made_again(
    make_project: Callable[..., Project], lease_of: ClaimLease, endpoint: FakeEndpoint
) -> None:
    project = make_project(matte="rembg")
    lease = lease_of(project.jobs.get())
    assert matte_source(lease) == matte_source(lease)
    assert len(endpoint.runs) == 1


def test_an_answer_that_came_before_a_kill_is_read_from_the_ledger(
    make_project: Callable[..., Project], lease_of: ClaimLease, endpoint: FakeEndpoint
) -> None:
    project = make_project(matte="rembg")
    lease = lease_of(project.jobs.get())
    matte_source(lease)
    project.source.mattes.all().delete()
    matte_source(lease)
    assert len(endpoint.runs) == 1
    assert project.gpu_calls.count() == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status": "FAILED", "error": '{"code": "model_unavailable", "message": "No SAM here."}'}, "No SAM here"),
        (
            {"status": "COMPLETED", "output": {"results": [{"alpha": "////"}], "model": "m", "ms": 1}},
            "whole picture",
        ),
        ({"status": "COMPLETED"}, "lost"),
    ],
)
def test_the_owner_reads_why_the_gpu_failed(
    make_project: Callable[..., Project], endpoint: FakeEndpoint, answer: dict[str, object], words: str
) -> None:
    endpoint.answer = answer
    project = make_project(matte="rembg")
    job = project.jobs.get()
    jobs.run(str(job.pk))
    job.refresh_from_db()
    project.refresh_from_db()
    assert (job.status, project.status) == ("failed", "failed")
    assert words in job.error
    assert set(project.current_frames().values_list("status", flat=True)) == {"failed"}


def test_a_matte_of_another_size_is_refused(
    make_project: Callable[..., Project], lease_of: ClaimLease, endpoint: FakeEndpoint
) -> None:
    import base64

    small = base64.b64encode(png.write(np.full((4, 4), 255, np.uint8))).decode()
    endpoint.answer = {"status": "COMPLETED", "output": {"results": [{"alpha": small}], "model": "m", "ms": 1}}
    project = make_project(matte="rembg")
    with pytest.raises(WorkFailed, match="another size"):
        matte_source(lease_of(project.jobs.get()))


def test_an_empty_matte_is_an_error_that_says_what_to_do(
    make_project: Callable[..., Project], lease_of: ClaimLease, endpoint: FakeEndpoint
) -> None:
    import base64

    empty = base64.b64encode(png.write(np.zeros((80, 96), np.uint8))).decode()
    endpoint.answer = {"status": "COMPLETED", "output": {"results": [{"alpha": empty}], "model": "m", "ms": 1}}
    with pytest.raises(WorkFailed, match="another matte"):
        matte_source(lease_of(make_project(matte="rembg").jobs.get()))


@pytest.mark.parametrize(
    ("rgb", "searches", "holes", "left"),
    [(ring(noise=2.0)[0], 1, 0, 1), (rendered_ring()[0], 2, 1, 0)],
    ids=["closed", "opened"],
)
def test_pockets_are_searched_for_anew_only_where_a_hole_was_opened(
    rgb: Picture, searches: int, holes: int, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[Mask] = []

    def search(mask: Mask, least: float) -> list[Region]:
        searched.append(mask)
        return describe_regions(mask, least)

    monkeypatch.setattr(pockets, "describe_regions", search)
    matte = Matte()
    open_holes(matte, rgb, compose_cutout(WHITE, rgb, key_white(rgb), None))
    assert (len(searched), len(matte.holes), len(matte.pockets)) == (searches, holes, left)
