"""Go back and forth in the chain of a source's mattes; the frames follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from animations.actions.errors import ActionError, Busy
from animations.actions.jobs import enqueue, live_job, revise_for_job
from animations.actions.refine.frames import create_candidates
from animations.matte.engines import engine_for
from animations.matte.refine_tools import REDRAW
from animations.models import Candidate, Frame, Job, Matte, Project, Source, job_outcomes

Rows = Mapping[UUID, Candidate]


def choose_matte(project: Project, matte_id: UUID) -> Project:
    """Use another matte of the source: an earlier one is undo, a later one redo.

    Each frame shows what it showed with that matte; those that were never drawn of it are drawn now, by a job.
    Raises `ActionError` for a matte of another picture, `Busy` while work on the frames is under way.
    """
    with revise_for_job(project) as revision:
        project.refresh_from_db()
        source = Source.objects.get(project=project)
        matte = source.mattes.filter(pk=matte_id).first()
        if matte is None:
            raise ActionError("does_not_exist", "This picture has no such matte.", "matte")
        frames = list(project.current_frames().select_related("chosen"))
        if not supersede(project, frames, source, revision):
            raise Busy.on("emoji")
        Source.objects.filter(pk=source.pk).update(matte=matte)
        _keep_engine(project, source, matte)
        follow_matte(project, frames, matte, revision)
    return project


def follow_matte(project: Project, frames: Sequence[Frame], matte: Matte, revision: int) -> None:
    """Show on each frame what it shows as drawn of the matte; have those drawn that never were. Inside `revise`."""
    left = _follow(frames, matte, revision)
    if left:
        _redraw(project, left, matte, revision)


def supersede(project: Project, frames: Sequence[Frame], source: Source, revision: int) -> bool:
    """Cancel the job that draws frames of a matte that is made already: another will be in use. Inside `revise`.

    Return False where other work is under way.
    """
    live = live_job(project.pk, frames)
    if live is None:
        return True
    is_redraw = live.kind == Job.Kind.REFINE and live.frame_id is None
    is_made = live.params.get("tool") == REDRAW or live.params.get("matte") != str(source.matte_id)
    if is_redraw and is_made:
        job_outcomes.cancel_job(live, revision)
        for frame in frames:
            frame.refresh_from_db()
    return is_redraw and is_made


def _redraw(project: Project, frames: Sequence[Frame], matte: Matte, revision: int) -> None:
    params = {"matte": str(matte.pk), "tool": REDRAW}
    job = enqueue(project, kind=Job.Kind.REFINE, params=params, revision=revision, total=len(frames))
    shown = {frame: frame.chosen for frame in frames if frame.chosen is not None}
    create_candidates(job, revision, shown, matte.engine)


def _keep_engine(project: Project, source: Source, matte: Matte) -> None:
    """Let the project's choice be the matte's own engine: else the next generation would go back to another."""
    engine = matte.base.engine
    if engine_for(project.matte, source.background) != engine:
        project.matte = engine
        project.save(update_fields=["matte"])


def _follow(frames: Sequence[Frame], matte: Matte, revision: int) -> list[Frame]:
    """Choose on each frame what was drawn of the matte: a forebear of what it shows, else its latest relative.

    Return those that have neither.
    """
    left = []
    rows = Candidate.objects.filter(frame__in=frames, status=Candidate.Status.READY).select_related("job")
    known = {row.pk: row for row in rows.order_by("ordinal")}
    for frame in frames:
        shown = known.get(frame.chosen_id) if frame.chosen_id else None
        if shown is None or shown.matte_id == matte.pk:
            continue
        drawn = _forebear(shown, matte, known) or _relative(shown, matte, known)
        if drawn is None:
            left.append(frame)
        else:
            frame.choose(revision, drawn)
    return left


def _forebear(shown: Candidate, matte: Matte, known: Rows) -> Candidate | None:
    """Return the nearest candidate that this one was made from, and that was drawn of the matte."""
    child = shown
    for parent in _parents(shown, known):
        # Candidates made before their matte was written down: the job that drew the next one has it.
        noted = child.job.params.get("matte") if child.job and not parent.matte_id else parent.matte_id
        if str(noted) == str(matte.pk):
            return parent
        child = parent
    return None


def _relative(shown: Candidate, matte: Matte, known: Rows) -> Candidate | None:
    """Return the latest candidate of the same origin that was drawn of the matte."""
    origin = _origin(shown, known)
    drawn = [each for each in known.values() if each.matte_id == matte.pk and _origin(each, known) == origin]
    return drawn[-1] if drawn else None


def _origin(candidate: Candidate, known: Rows) -> Candidate:
    return [candidate, *_parents(candidate, known)][-1]


def _parents(candidate: Candidate, known: Rows) -> Iterator[Candidate]:
    """Yield what a candidate was refined from, step by step."""
    parent = _parent(candidate, known)
    while parent is not None:
        yield parent
        parent = _parent(parent, known)


def _parent(candidate: Candidate, known: Rows) -> Candidate | None:
    if candidate.origin != Candidate.Origin.REFINED or candidate.parent_id is None:
        return None
    return known.get(candidate.parent_id)
