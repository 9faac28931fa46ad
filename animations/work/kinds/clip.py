"""Matte the frames of a clip, each by itself and shown as it is made; one that cannot be made fails alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Alpha, Size
from animations.imaging.boxes import scale_box
from animations.matte import keying
from animations.matte.compose import ClipFrame, cut_frame, lay_on_white
from animations.matte.engines import NO_WHITE_BACKGROUND, OWN, Background, needs_gpu
from animations.matte.levels import apply_levels
from animations.matte.refine_tools import MATTE
from animations.matte.specks import drop_specks
from animations.matte.subject import has_subject, subject_prompt
from animations.models import Candidate, Job, Project, Source
from animations.work.candidates import close_job, count_progress, fail, finish, store_matted
from animations.work.clip_frames.engines import choose_engines, measure_background, undecided_candidates
from animations.work.clip_frames.extract import ClipFrames, OpenClip, open_clip
from animations.work.clip_frames.framing import Framing
from animations.work.gpu.matting import FrameAnswer, MatteRequest, MattingFailed, matte_many
from animations.work.lease import Lease
from animations.work.matte.picture import SENT_QUALITY

UNREADABLE: Final = "This moment of the clip cannot be read."
NO_SUBJECT: Final = "No subject was found in this frame. Try another engine on it."
NOT_CUT: Final = "The background of this frame could not be removed: {why}"


def mattes_frames(job: Job) -> bool:
    """Return whether a job mattes frames of a clip: it generates them, or mattes some of them again."""
    if job.project.generator != Project.Generator.CLIP:
        return False
    again = job.kind == Job.Kind.REFINE and job.frame_id is not None and job.params["tool"] == MATTE
    return again or job.kind == Job.Kind.GENERATE


def matte_clip(lease: Lease) -> None:
    """Make the job's pending candidates, each from the clip's frame that its recipe names, by its own engine.

    Raises `WorkFailed` when the clip cannot be opened or the GPU fails us, `GpuUnavailable` while the job may wait
    for the GPU, and `LeaseLost`.
    """
    source = Source.objects.get(project=lease.job.project_id)
    with open_clip(lease, source) as clip:
        _matte_frames(lease, clip)
    with lease.revise() as revision:
        lease.job.project.refresh_from_db()
        close_job(lease, revision)


def _matte_frames(lease: Lease, clip: OpenClip) -> None:
    pending = lease.job.candidates.filter(status=Candidate.Status.PENDING).select_related("frame", "parent")
    undecided = undecided_candidates(lease.job)
    frames = clip.extract({candidate.recipe["clip_index"] for candidate in [*pending, *undecided]})
    choose_engines(lease, undecided, frames)
    readable = []
    for candidate in pending.order_by("frame__index", "ordinal"):  # read anew: their engines are known now
        if candidate.recipe["clip_index"] in frames:
            readable.append(candidate)
        else:
            fail(lease, candidate, UNREADABLE)
    framing = Framing(lease, clip, frames, partial(_finish, lease), partial(_count_held, lease))
    _matte_here(lease, [candidate for candidate in readable if not needs_gpu(candidate.engine)], frames, framing)
    _matte_on_gpu(lease, [candidate for candidate in readable if needs_gpu(candidate.engine)], frames, framing)
    framing.close()


def _matte_here(lease: Lease, candidates: Sequence[Candidate], frames: ClipFrames, framing: Framing) -> None:
    """Matte the candidates whose engines need no GPU."""
    for candidate in candidates:
        lease.check()
        frame = _read(candidate, frames)
        if candidate.engine == OWN:
            framing.add(candidate, None)
        elif measure_background(candidate, frames) == Background.WHITE:
            _add(lease, candidate, keying.key_white(lay_on_white(frame.rgb, frame.own_alpha)), framing)
        else:
            fail(lease, candidate, NO_WHITE_BACKGROUND)


def _matte_on_gpu(lease: Lease, candidates: Sequence[Candidate], frames: ClipFrames, framing: Framing) -> None:
    """Matte the candidates whose engines need the GPU, packed into parallel calls."""

    def on_frame(index: int, answer: FrameAnswer) -> None:
        if isinstance(answer, bytes):
            _add(lease, candidates[index], drop_specks(apply_levels(png.read(answer))), framing)
        else:
            fail(lease, candidates[index], NOT_CUT.format(why=answer["message"]))

    requests = [_request(candidate, _read(candidate, frames), framing, frames.size) for candidate in candidates]
    try:
        matte_many(lease, requests, on_frame)
    except MattingFailed:
        framing.close()  # what was answered before is kept
        raise


def _read(candidate: Candidate, frames: ClipFrames) -> ClipFrame:
    return frames.read(candidate.recipe["clip_index"])


def _request(candidate: Candidate, frame: ClipFrame, framing: Framing, clip: Size) -> MatteRequest:
    """Request a frame's matte. Equal work has equal bytes, so that a run that starts again is not charged again."""
    params = _prompt(candidate, frame, framing, clip) if candidate.engine == "sam" else {}
    return MatteRequest(candidate.engine, png.write_jpeg(frame.rgb, SENT_QUALITY), params)


def _prompt(candidate: Candidate, frame: ClipFrame, framing: Framing, clip: Size) -> dict[str, Any]:
    """Say where the subject is by its parent's alpha, which may be cropped, or else by the frame's own."""
    parent = candidate.parent
    if not parent or not parent.alpha.name:
        return subject_prompt(frame.own_alpha, frame.size)
    crop = scale_box(framing.box, clip, frame.size) if framing.box else None
    return subject_prompt(png.read(storage.read(parent.alpha.name)), frame.size, crop)


def _add(lease: Lease, candidate: Candidate, alpha: Alpha, framing: Framing) -> None:
    """Pass a matted frame to the framing; fail one whose matte is empty."""
    if has_subject(alpha):
        framing.add(candidate, alpha)
    else:
        fail(lease, candidate, NO_SUBJECT)


def _finish(lease: Lease, candidate: Candidate, frame: ClipFrame, alpha: Alpha | None, block: int) -> None:
    """Cut a frame out, store it and show it."""
    picture, opacity, cutout = cut_frame(frame, alpha, lease.job.project.size, candidate.engine, block)
    finish(lease, candidate, store_matted(lease, picture, opacity, cutout))


def _count_held(lease: Lease, held_back: int) -> None:
    with lease.revise() as revision:
        count_progress(lease, revision, held_back)
