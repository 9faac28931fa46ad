"""Put a project's frames in another order; hold, remove and bring them back; change how long each stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from uuid import UUID, uuid4

from django.utils import timezone

from animations.actions.errors import ActionError, Busy
from animations.actions.jobs import revise_for_job
from animations.actions.projects.copies import copy_row
from animations.actions.refine.chain import follow_matte
from animations.models import Candidate, Frame, Job, Project, Source, job_outcomes

MAX_REMOVED: Final = 120
"""Frames of a project that were removed and can be put back; the oldest go."""


class Place(NamedTuple):
    """A place in the loop: the frame that it shows, and for how long."""

    frame: UUID
    delay_ms: int


class Timeline(NamedTuple):
    """The places of a loop in order, and the project's revision at which they were so."""

    places: list[Place]
    revision: int


def set_timeline(project: Project, timeline: Timeline) -> Timeline:
    """Show these frames of the project in this order, and return the timeline that takes it back.

    A frame that is named again is held: its copy is a frame of its own. One that is left out is removed, with the
    jobs that work on it alone; for `Frame.REMOVED_KEPT` it can be named again, and is then shown as drawn of the
    matte in use. Raises `ActionError`, `stale` where the frames have changed since the timeline's revision, and
    `Busy` while all of them are made.
    """
    _check_limits(timeline.places)
    with revise_for_job(project) as revision:
        project.refresh_from_db()
        _check_current(project, timeline)
        before = [Place(frame.pk, frame.delay_ms) for frame in project.current_frames()]
        frames = _save_copies(project, timeline.places)
        for frame, place in zip(frames, timeline.places, strict=True):
            frame.delay_ms = place.delay_ms
        shown_before = {place.frame for place in before}
        project.show_frames(frames, revision)
        _cancel_jobs(project, revision)
        _redraw_with_current_matte(project, [frame for frame in frames if frame.pk not in shown_before], revision)
        _delete_oldest_removed(project)
    return Timeline(before, revision)


def _check_limits(places: Sequence[Place]) -> None:
    least, most = Project.LIMITS["frame_count"]
    if not least <= len(places) <= most:
        raise ActionError("invalid", f"A loop has {least} to {most} frames.", "frames")
    shortest, longest = Project.LIMITS["frame_ms"]
    if any(not shortest <= place.delay_ms <= longest for place in places):
        raise ActionError("invalid", f"A frame stays from {shortest} to {longest} ms.", "frames")


def _check_current(project: Project, timeline: Timeline) -> None:
    if timeline.revision < project.frame_list_revision:
        detail = "The frames have changed meanwhile. Look at them as they are now, and try again."
        raise ActionError("stale", detail, "revision", status=409)
    if project.jobs.live().filter(kind=Job.Kind.GENERATE).exists():
        raise Busy.on("emoji")


def _save_copies(project: Project, places: Sequence[Place]) -> list[Frame]:
    """Return the frame of each place; one that is named again is copied each further time, and saved."""
    known = {frame.pk: frame for frame in project.frames.filter(generation=project.generation)}
    if any(place.frame not in known for place in places):
        raise ActionError("does_not_exist", "This emoji has no such frame, or no longer.", "frames")
    again = [frame for frame, count in Counter(place.frame for place in places).items() if count > 1]
    if any(known[frame].chosen_id is None for frame in again):
        raise ActionError("not_ready", "A frame without a picture cannot be held.", "frames", status=409)
    ready = Candidate.objects.filter(frame__in=again, status=Candidate.Status.READY).order_by("ordinal")
    copier = _Copier(known, list(ready))
    frames = [copier.frame_for(place) for place in places]
    Frame.objects.bulk_create(copier.frames)
    Candidate.objects.bulk_create(copier.candidates)
    return frames


class _Copier:
    """Copies of frames with those of their candidates that are ready, not yet saved; files are shared."""

    def __init__(self, known: dict[UUID, Frame], ready: Sequence[Candidate]) -> None:
        self.frames: list[Frame] = []
        self.candidates: list[Candidate] = []
        self._known, self._ready, self._used = known, ready, set[UUID]()

    def frame_for(self, place: Place) -> Frame:
        """Return the frame of a place: itself the first time, then copies."""
        frame = self._known[place.frame]
        if frame.pk not in self._used:
            self._used.add(frame.pk)
            return frame
        keys = {one.pk: uuid4() for one in self._ready if one.frame_id == frame.pk}
        chosen = keys.get(frame.chosen_id) if frame.chosen_id else None
        held = copy_row(frame, uuid4(), chosen_id=chosen, status=Frame.Status.READY, removed_at=timezone.now())
        self.frames.append(held)
        self.candidates += self._copy_candidates(held, keys)
        return held

    def _copy_candidates(self, held: Frame, keys: dict[UUID, UUID]) -> Iterator[Candidate]:
        for one in self._ready:
            if one.pk in keys:
                parent = keys.get(one.parent_id) if one.parent_id else None
                yield copy_row(one, keys[one.pk], frame_id=held.pk, parent_id=parent, job_id=None)


def _cancel_jobs(project: Project, revision: int) -> None:
    """Cancel the jobs whose frame was removed, and that work on none that is shown. Inside `revise`."""
    for job in project.jobs.live().filter(frame__removed_at__isnull=False):
        pending = job.candidates.filter(status=Candidate.Status.PENDING)
        if not pending.filter(frame__removed_at=None).exists():
            job_outcomes.cancel_job(job, revision)


def _redraw_with_current_matte(project: Project, frames: Sequence[Frame], revision: int) -> None:
    """Have frames that come back show what they do as drawn of the source's matte in use. Inside `revise`."""
    matte = Source.objects.select_related("matte").get(project=project).matte
    if matte is not None:
        ready = Frame.objects.filter(pk__in=[frame.pk for frame in frames], status=Frame.Status.READY)
        follow_matte(project, list(ready.exclude(chosen__matte=None).select_related("chosen")), matte, revision)


def _delete_oldest_removed(project: Project) -> None:
    removed = project.frames.removed().filter(generation=project.generation)
    Frame.objects.filter(pk__in=[frame.pk for frame in removed[MAX_REMOVED:]]).delete()
