"""The candidates of a job: their files stored, each finished or failed, all counted, and the job closed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from PIL import Image

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Alpha, Picture
from animations.matte.layers import CannotRefine, Layers
from animations.models import Candidate, Frame, Matte
from animations.models.candidate import CandidateFiles, CarriedBy
from animations.work.lease import Lease

NONE_MADE: Final = "None of the frames could be made."
NO_CUTOUT: Final = "This frame has no cutout that could be refined. Make it again first."
WEBP_QUALITY: Final = 90
WEBP_METHOD: Final = 2
"""Of libwebp, 0 to 6: as small as 4 to a twentieth, in half its time."""
SMALL_BYTES: Final = 8_000
"""A PNG up to here has nothing to gain; among them is pixel art, whose colours must not run."""


def iterate_pending(lease: Lease) -> Iterator[Candidate]:
    """Yield the job's candidates that are not made yet, as long as it is wanted. Raises `LeaseLost`."""
    pending = lease.job.candidates.filter(status=Candidate.Status.PENDING).select_related("frame", "parent")
    for candidate in pending.order_by("frame__index", "ordinal"):
        lease.check()
        yield candidate


def read_layers(candidate: Candidate) -> Layers:
    """Return a candidate's picture and cutout. Raises `CannotRefine` without them."""
    if not candidate.cutout.name or not candidate.picture.name:
        raise CannotRefine(NO_CUTOUT)
    picture, cutout = (png.read(storage.read(name)) for name in (candidate.picture.name, candidate.cutout.name))
    return Layers.of(picture, cutout, candidate.engine)


def store_drawn(lease: Lease, cutout: Picture, matte: Matte | None = None) -> CandidateFiles:
    """Store a frame that was drawn of a matte: its picture is its cutout (H×W×4 straight RGBA), the two one file."""
    project_id = lease.job.project_id
    name, preview = store_cutout(project_id, cutout)
    return CandidateFiles(name, _store_png(project_id, cutout[..., 3]), name, preview, matte)


def store_matted(lease: Lease, picture: Picture, alpha: Alpha, cutout: Picture) -> CandidateFiles:
    """Store a frame that was matted: the picture as it came (RGB or RGBA), its alpha, and its cutout."""
    project_id = lease.job.project_id
    stored, alpha_name = _store_png(project_id, picture), _store_png(project_id, alpha)
    return CandidateFiles(stored, alpha_name, *store_cutout(project_id, cutout))


def store_cutout(project_id: UUID, cutout: Picture) -> tuple[str, str]:
    """Store a cutout: return the names of its PNG, and of its preview, which may be the same file."""
    data = png.write(cutout)
    name = storage.save(project_id, data, "png")
    return name, name if len(data) <= SMALL_BYTES else storage.save(project_id, _encode_webp(cutout), "webp")


def finish(lease: Lease, candidate: Candidate, files: CandidateFiles, *, carried: CarriedBy | None = None) -> None:
    """Finish a candidate and show it in its parent's place; one that was `carried` there waits to be chosen."""
    with lease.revise() as revision:
        candidate.finish(files, carried=carried)
        update_frame(candidate, revision)
        count_progress(lease, revision)


def finish_refined(lease: Lease, candidate: Candidate, cutout: Picture, *, carried: CarriedBy | None = None) -> None:
    """Store and finish a candidate that has another cutout than its parent; its picture is the same."""
    parent = candidate.parent
    assert parent is not None
    files = store_drawn(lease, cutout, parent.matte)
    finish(lease, candidate, files._replace(picture=parent.picture.name or ""), carried=carried)


def fail(lease: Lease, candidate: Candidate, reason: str) -> None:
    """Close a candidate that cannot be made; its frame shows what it showed before."""
    with lease.revise() as revision:
        candidate.fail(reason)
        update_frame(candidate, revision)
        count_progress(lease, revision)


def drop(lease: Lease, candidate: Candidate) -> None:
    """Delete a pending candidate that would be no other than its parent."""
    with lease.revise() as revision:
        update_frame(candidate, revision)
        candidate.delete()
        count_progress(lease, revision, held_back=lease.job.total - lease.job.candidates.count())


def update_frame(candidate: Candidate, revision: int) -> None:
    """Show the candidate in its parent's place if it is ready; what was chosen meanwhile stays. Inside `revise`."""
    frame = Frame.objects.select_related("chosen").get(pk=candidate.frame_id)
    is_shown = candidate.status == Candidate.Status.READY and not candidate.is_proposal
    replaces = is_shown and frame.chosen_id in (None, candidate.parent_id)
    frame.finish(revision, candidate if replaces else frame.chosen)


def count_progress(lease: Lease, revision: int, held_back: int = 0) -> None:
    """Count the job's candidates that have ended, and those that are `held_back` but made. Inside `revise`."""
    ended = lease.job.candidates.exclude(status=Candidate.Status.PENDING).count()
    lease.job.progress(revision, ended + held_back, lease.job.total)


def close_job(lease: Lease, revision: int) -> None:
    """End a job whose candidates have all ended: it has failed if none of them is ready. Inside `revise`."""
    lease.job.project.update_status()
    made = lease.job.candidates.order_by("frame__index", "ordinal")
    if made.filter(status=Candidate.Status.READY).exists():
        lease.job.succeed(revision)
    else:
        failed = made.filter(status=Candidate.Status.FAILED).first()
        lease.job.fail(revision, failed.error if failed else NONE_MADE)


def _store_png(project_id: UUID, picture: Picture) -> str:
    return storage.save(project_id, png.write(picture), "png")


def _encode_webp(cutout: Picture) -> bytes:
    """Encode with loss in the colours and none in the alpha."""
    data = io.BytesIO()
    Image.fromarray(cutout).save(data, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD, alpha_quality=100)
    return data.getvalue()
