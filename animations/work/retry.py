"""One frame again: the same moment with other words, fitted into the loop it stands in."""

from __future__ import annotations

from typing import Any

from animations.generators.procedural import Generator
from animations.models import Candidate, files
from animations.motion import seam
from animations.work import png
from animations.work.generate import count_progress, store
from animations.work.lease import Lease
from animations.work.matte import matte_source
from animations.work.png import Picture


def retry(lease: Lease) -> None:
    """Draw the job's pending candidates, measure how each fits its neighbours, and choose the first."""
    project, frame = lease.job.project, lease.job.frame
    assert frame is not None
    generator = Generator(png.read(files.read(matte_source(lease).cutout.name)), project.size)
    loop = _chosen(lease)
    track = neighbours_track(lease, frame.index)
    for candidate in lease.job.candidates.filter(status=Candidate.Status.PENDING).order_by("ordinal"):
        lease.check()
        neighbours = track or candidate.recipe
        picture = generator.redraw(candidate.recipe, frame.index, project.frame_count, neighbours)
        stored = store(lease, picture)
        figure = _seam(loop, frame.index, picture)
        with lease.revise() as revision:
            candidate.finish(stored, seam=figure)
            count_progress(lease, revision)
    with lease.revise() as revision:
        frame.refresh_from_db()
        first = lease.job.candidates.filter(status=Candidate.Status.READY).order_by("ordinal").first()
        frame.finish(revision, first or frame.chosen)
        lease.job.succeed(revision)


def _chosen(lease: Lease) -> list[Candidate | None]:
    """The chosen candidate of each frame, in order."""
    frames = lease.job.project.current_frames().select_related("chosen")
    return [frame.chosen for frame in frames]


def neighbours_track(lease: Lease, index: int) -> dict[str, Any] | None:
    """The recipe that the neighbours of a frame follow: the one before, else the one after."""
    loop = _chosen(lease)
    for at in (index - 1, (index + 1) % len(loop)):
        chosen = loop[at]
        if chosen is not None:
            return dict(chosen.recipe)
    return None


def _seam(loop: list[Candidate | None], index: int, picture: Picture) -> float | None:
    """How the picture stands in the loop as it is now; None when frames of the loop are missing."""
    pictures: list[Picture] = []
    for at, chosen in enumerate(loop):
        if at == index:
            pictures.append(picture)
        elif chosen is None:
            return None
        else:
            pictures.append(png.read(files.read(chosen.cutout.name)))
    return seam.frame_seam(pictures, index).ratio
