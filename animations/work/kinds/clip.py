"""Frames of a clip: each is decoded, matted by itself and shown as it lands; one that cannot be fails alone."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Picture, Size
from animations.imaging.boxes import scale_box
from animations.matte import keying
from animations.matte.compose import on_white
from animations.matte.engines import NO_WHITE_GROUND, OWN, WHITE, Ground
from animations.matte.levels import settle
from animations.matte.subject import shows_something
from animations.models import Candidate, Frame, Source
from animations.models.candidate import CandidateFiles
from animations.work import clip_engines
from animations.work.clip_frames import Shot, Shots, opened
from animations.work.cutout_files import keep_cutout
from animations.work.cutting import cut, subject_prompt
from animations.work.errors import WorkFailed
from animations.work.framing import Framing
from animations.work.gpu import matting
from animations.work.gpu.matting import Wanted
from animations.work.kinds.generate import count_progress
from animations.work.lease import Lease
from animations.work.matte import SENT_QUALITY
from gpu.contract import FrameError
from gpu.errors import GpuError

log = logging.getLogger(__name__)

UNREADABLE: Final = "This moment of the clip cannot be read."
NO_SUBJECT: Final = "No subject was found in this frame. Try another engine on it."
NOT_CUT: Final = "The background of this frame could not be removed: {why}"
NONE_DONE: Final = "None of the clip's frames could be made."


def generate(lease: Lease) -> None:
    """Finish every frame of the job's take that is not finished yet. Raises `WorkFailed`, `LeaseLost`."""
    project = lease.job.project
    matte_frames(lease)
    with lease.revise() as revision:
        project.refresh_from_db()
        project.update_status()
        close(lease, revision)


def close(lease: Lease, revision: int) -> None:
    """The job's end, once its candidates are settled: it has failed if none of them is ready. Inside `revise`."""
    lease.job.project.update_status()
    made = lease.job.candidates.order_by("frame__index", "ordinal")
    if made.filter(status=Candidate.Status.READY).exists():
        lease.job.succeed(revision)
    else:
        failed = made.filter(status=Candidate.Status.FAILED).first()
        lease.job.fail(revision, failed.error if failed else NONE_DONE)


def matte_frames(lease: Lease) -> None:
    """Make the job's pending candidates, each from the clip's frame that its recipe names, by its own engine.

    Raises `WorkFailed` when the clip or the GPU cannot be reached at all, and `LeaseLost`.
    """
    pending = lease.job.candidates.filter(status=Candidate.Status.PENDING).select_related("frame", "parent")
    pending = pending.order_by("frame__index", "ordinal")
    source = Source.objects.get(project=lease.job.project_id)
    undecided = clip_engines.undecided(lease.job)
    wanted = {candidate.recipe["clip_index"] for candidate in [*pending, *undecided]}
    with opened(lease, source) as clip:
        shots = clip.extract(wanted)
        clip_engines.decide(lease, undecided, shots)
        candidates = list(pending.all())  # read anew: their engines are known now
        readable = [candidate for candidate in candidates if candidate.recipe["clip_index"] in shots]
        for candidate in candidates:
            if candidate not in readable:
                fail(lease, candidate, UNREADABLE)
        framing = Framing(lease, clip, shots, partial(_land, lease))
        _matte_here(lease, readable, shots, framing)
        _matte_away(lease, readable, shots, framing)
        framing.close()


def _shot(candidate: Candidate, shots: Shots) -> Shot:
    return shots.read(candidate.recipe["clip_index"])


def _matte_here(lease: Lease, candidates: Sequence[Candidate], shots: Shots, framing: Framing) -> None:
    """Those that need no GPU."""
    for candidate in candidates:
        if candidate.engine in (OWN, WHITE):
            lease.check()
            shot = _shot(candidate, shots)
            if candidate.engine == OWN:
                _add(lease, candidate, None, framing)
            elif clip_engines.ground(candidate, shots) == Ground.WHITE:
                _add(lease, candidate, keying.key_white(on_white(shot.rgb, shot.own_alpha)), framing)
            else:
                fail(lease, candidate, NO_WHITE_GROUND)


def _matte_away(lease: Lease, candidates: Sequence[Candidate], shots: Shots, framing: Framing) -> None:
    """Those that do, packed and side by side."""
    asked = [candidate for candidate in candidates if candidate.engine not in (OWN, WHITE)]

    def on_frame(number: int, answer: bytes | FrameError) -> None:
        candidate = asked[number]
        if isinstance(answer, bytes):
            _add(lease, candidate, settle(png.read(answer)), framing)
        else:
            fail(lease, candidate, NOT_CUT.format(why=answer["message"]))

    try:
        wanted = [_wanted(candidate, _shot(candidate, shots), framing, shots.size) for candidate in asked]
        matting.matte_many(lease, wanted, on_frame)
    except GpuError as error:
        framing.close()  # what was answered before is kept
        log.warning("matting the clip of project %s failed: %s", lease.job.project_id, error.code)
        raise WorkFailed(f"The background could not be removed: {error.message}") from error


def _wanted(candidate: Candidate, shot: Shot, framing: Framing, clip: Size) -> Wanted:
    """The same work has the same bytes, so that a run that starts again is not charged again."""
    params = _prompt(candidate, shot, framing, clip) if candidate.engine == "sam" else {}
    return Wanted(candidate.engine, png.write_jpeg(shot.rgb, SENT_QUALITY), params)


def _prompt(candidate: Candidate, shot: Shot, framing: Framing, clip: Size) -> dict[str, Any]:
    """Where the subject is, as its parent's alpha says, which may be cropped, or else the shot's own."""
    parent = candidate.parent
    if not parent or not parent.alpha.name:
        return subject_prompt(shot.own_alpha, shot.size)
    crop = scale_box(framing.box, clip, shot.size) if framing.box else None
    return subject_prompt(png.read(storage.read(parent.alpha.name)), shot.size, crop)


def _add(lease: Lease, candidate: Candidate, alpha: Picture | None, framing: Framing) -> None:
    """Hand on a frame. A matte without anything in it is no matte; a frame of nothing in the clip itself is."""
    if alpha is not None and not shows_something(alpha):
        fail(lease, candidate, NO_SUBJECT)
    else:
        framing.add(candidate, alpha)


def _land(lease: Lease, candidate: Candidate, shot: Shot, alpha: Picture | None, block: int) -> None:
    """Show a finished frame."""
    project = lease.job.project
    picture, opacity, cutout = cut(shot, alpha, project.size, candidate.engine, block)
    whole, alpha_name = (storage.save(project.pk, png.write(image), "png") for image in (picture, opacity))
    stored, preview = keep_cutout(project.pk, cutout)
    drawn = CandidateFiles(picture=whole, alpha=alpha_name, cutout=stored, preview=preview)
    with lease.revise() as revision:
        candidate.finish(drawn)
        finish_frame(candidate, revision)
        count_progress(lease, revision)


def fail(lease: Lease, candidate: Candidate, why: str) -> None:
    """Close a candidate that cannot be made, saying why; its frame shows what it showed before."""
    with lease.revise() as revision:
        candidate.fail(why)
        finish_frame(candidate, revision)
        count_progress(lease, revision)


def finish_frame(candidate: Candidate, revision: int) -> None:
    """Show the candidate in its parent's place if it is ready; what was chosen meanwhile stays. Inside `revise`."""
    frame = Frame.objects.select_related("chosen").get(pk=candidate.frame_id)
    replaces = candidate.status == Candidate.Status.READY and frame.chosen_id in (None, candidate.parent_id)
    frame.finish(revision, candidate if replaces else frame.chosen)
