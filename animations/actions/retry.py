"""One frame again, with other words. The rest of the loop stays as it is."""

from __future__ import annotations

from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Max

from animations import queueing
from animations.actions.errors import ActionError, Busy
from animations.actions.generate import BOUNDS, RUN, track_seed
from animations.actions.wishes import Motion, from_words
from animations.models import Candidate, Frame, Job
from animations.models.transitions import revise
from animations.motion.recipe import read_recipe, variation

MOST_CANDIDATES = 40
"""Of one frame, over all its retries."""


def retry(frame: Frame, prompt: str, candidates: int = 1) -> Job:
    """New candidates of this frame for these words; an equal wish while one is live gets the live job.

    Raises `ActionError` for words that name no motion, `Busy` while other work on the frame is under way.
    """
    least, most = BOUNDS["candidates"]
    if not least <= candidates <= most:
        raise ActionError("invalid", f"candidates must be from {least} to {most}.", "candidates")
    motion = from_words(prompt, read_recipe(frame.project.recipe))
    params = {"prompt": prompt, "candidates": candidates}
    try:
        with revise(frame.project_id) as revision:
            live = _live(frame)
            return _same_or_busy(live, frame, params) if live else _begin(frame, revision, motion, params)
    except IntegrityError:
        live = _live(frame)
        if live is None:
            raise
        return _same_or_busy(live, frame, params)


def _live(frame: Frame) -> Job | None:
    """The live job that would meet this one: the frame's own, or a generate of the whole project."""
    jobs = Job.objects.live().filter(project=frame.project_id)
    return jobs.filter(frame=frame).first() or jobs.filter(kind=Job.Kind.GENERATE).first()


def _same_or_busy(live: Job, frame: Frame, params: dict[str, object]) -> Job:
    if live.frame_id == frame.pk and live.params == params:
        return live
    raise Busy("This frame is being worked on. Wait until it is finished, or cancel it first.")


def _begin(frame: Frame, revision: int, motion: Motion, params: dict[str, object]) -> Job:
    """The rows of a retry. Inside `revise`."""
    frame.refresh_from_db()
    last = frame.candidates.aggregate(last=Max("ordinal"))["last"]
    first = 0 if last is None else last + 1
    count = int(str(params["candidates"]))
    if first + count > MOST_CANDIDATES:
        raise ActionError("too_many", f"A frame has at most {MOST_CANDIDATES} candidates.", "candidates")
    frame.work(revision)
    job = Job.objects.create(
        project_id=frame.project_id, frame=frame, kind=Job.Kind.RETRY, params=params, revision=revision, total=count
    )
    recipe = read_recipe(motion.recipe)
    Candidate.objects.bulk_create(
        Candidate(
            frame=frame,
            job=job,
            ordinal=first + k,
            origin=Candidate.Origin.RETRIED,
            parent_id=frame.chosen_id,
            prompt=motion.prompt,
            engine="procedural",
            recipe=variation(recipe, k, track_seed(frame.project_id)).to_json(),
        )
        for k in range(count)
    )
    transaction.on_commit(partial(queueing.enqueue, job.queue, RUN, str(job.pk)))
    return job
