"""Choose the candidates of all frames of a project at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from animations.actions.errors import ActionError
from animations.actions.jobs import revise_for_job
from animations.actions.refine.chain import follow_matte, supersede
from animations.models import Candidate, Frame, Project, Source
from animations.models.transitions import IllegalTransition, revise

NOT_READY: Final = "No frame of this version is ready yet."
NO_SUCH_VERSION: Final = "This emoji has no such version."
UNKNOWN: Final = "One of these candidates is not of this emoji, or not ready."
TWO_OF_ONE_FRAME: Final = "Two of these candidates are of one frame."
UNFINISHED: Final = "One of these frames is not ready yet."


def choose_version(project: Project, ordinal: int) -> list[UUID]:
    """Show one version in all frames where it is ready, cut out as the others are; return what they showed before.

    A version that was drawn before its source was mended is drawn again, without the GPU. Raises `ActionError` where
    no frame has it.
    """
    with revise_for_job(project) as revision:
        project.refresh_from_db()
        ready = _ready_candidates(project).filter(ordinal=ordinal)
        candidates = list(ready.exclude(frame__status=Frame.Status.PENDING))
        if not candidates:
            raise _no_candidate_of(project, ordinal)
        before = _choose(candidates, revision)
        _redraw_with_current_matte(project, candidates, revision)
    return before


def choose_candidates(project: Project, ids: Sequence[UUID]) -> list[UUID]:
    """Show each of these candidates in its own frame, all or none; return what those frames showed before.

    Raises `ActionError` for one that is not of these frames or not ready, and for two of one frame.
    """
    with revise(project.pk) as revision:
        project.refresh_from_db()
        candidates = list(_ready_candidates(project).filter(pk__in=ids))
        if len(candidates) != len(set(ids)):
            raise ActionError("does_not_exist", UNKNOWN, "candidates")
        if len({candidate.frame_id for candidate in candidates}) != len(candidates):
            raise ActionError("invalid", TWO_OF_ONE_FRAME, "candidates")
        try:
            return _choose(candidates, revision)
        except IllegalTransition:
            raise ActionError("not_ready", UNFINISHED, "candidates", status=409) from None


def _no_candidate_of(project: Project, ordinal: int) -> ActionError:
    """Return the refusal of a version that no frame can show: 409 where waiting helps, 400 where there is none."""
    if Candidate.objects.filter(frame__in=project.current_frames(), ordinal=ordinal).exists():
        return ActionError("not_ready", NOT_READY, "version", status=409)
    return ActionError("does_not_exist", NO_SUCH_VERSION, "version")


def _ready_candidates(project: Project) -> QuerySet[Candidate]:
    ready = Candidate.objects.filter(frame__in=project.current_frames(), status=Candidate.Status.READY)
    return ready.select_related("frame").order_by("frame__index")


def _choose(candidates: Sequence[Candidate], revision: int) -> list[UUID]:
    """Choose each in its frame; return what was chosen there before. Inside `revise`."""
    others = [candidate for candidate in candidates if candidate.frame.chosen_id != candidate.pk]
    before = [candidate.frame.chosen_id for candidate in others if candidate.frame.chosen_id]
    for candidate in others:
        candidate.frame.choose(revision, candidate)
    return before


def _redraw_with_current_matte(project: Project, candidates: Sequence[Candidate], revision: int) -> None:
    """Have the frames show what they do as drawn of the source's matte in use, unless other work goes on."""
    source = Source.objects.select_related("matte").get(project=project)
    matte = source.matte
    if matte is None:
        return
    frames = [candidate.frame for candidate in candidates if candidate.matte_id not in (None, matte.pk)]
    if frames and supersede(project, frames, source, revision):
        follow_matte(project, frames, matte, revision)
