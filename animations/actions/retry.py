"""One frame again, with other words. The rest of the loop stays as it is."""

from __future__ import annotations

from functools import partial

from django.db import IntegrityError, transaction

from animations import queueing
from animations.actions.choices import BOUNDS
from animations.actions.errors import ActionError, Busy
from animations.actions.generate import RUN
from animations.actions.live import live_job, next_ordinals
from animations.actions.takes import track_seed
from animations.actions.wishes import Motion, from_words
from animations.models import Candidate, Frame, Job, Project
from animations.models.transitions import revise
from animations.motion.recipe import read_recipe, variation

NO_WORDS = "This frame comes from a clip and has no words. Make its matte with another engine instead."


def retry(frame: Frame, prompt: str, candidates: int = 1) -> Job:
    """New candidates of this frame for these words; an equal wish while one is live gets the live job.

    Raises `ActionError` for words that name no motion, `Busy` while other work on the frame is under way.
    """
    least, most = BOUNDS["candidates"]
    if not least <= candidates <= most:
        raise ActionError("invalid", f"candidates must be from {least} to {most}.", "candidates")
    if frame.project.generator == Project.Generator.CLIP:
        raise ActionError("unavailable", NO_WORDS, "prompt")
    motion = from_words(prompt, read_recipe(frame.project.recipe))
    params = {"prompt": prompt, "candidates": candidates}
    try:
        with revise(frame.project_id) as revision:
            live = live_job(frame.project_id, [frame])
            return _same_or_busy(live, frame, params) if live else _begin(frame, revision, motion, params)
    except IntegrityError:
        live = live_job(frame.project_id, [frame])
        if live is None:
            raise
        return _same_or_busy(live, frame, params)


def _same_or_busy(live: Job, frame: Frame, params: dict[str, object]) -> Job:
    if (live.kind, live.frame_id, live.params) == (Job.Kind.RETRY, frame.pk, params):
        return live
    raise Busy("This frame is being worked on. Wait until it is finished, or cancel it first.")


def _begin(frame: Frame, revision: int, motion: Motion, params: dict[str, object]) -> Job:
    """The rows of a retry. Inside `revise`."""
    frame.refresh_from_db()
    count = int(str(params["candidates"]))
    first = next_ordinals([frame], count)[frame]
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
