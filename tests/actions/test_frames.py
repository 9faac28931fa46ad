from __future__ import annotations

import uuid

import pytest

from animations.actions.errors import ActionError
from animations.actions.frames import choose, delete_failed_candidates, next_ordinals
from animations.models import Candidate, Frame, Project


@pytest.fixture
def frame(project: Project) -> Frame:
    return project.frames.get(index=1)


def candidate(frame: Frame, ordinal: int) -> Candidate:
    return frame.candidates.get(ordinal=ordinal)


def test_another_candidate_takes_the_frames_place_and_only_there(project: Project, frame: Frame) -> None:
    others = list(project.frames.exclude(pk=frame.pk).values())
    chosen = choose(frame, candidate(frame, 1).pk)
    frame.refresh_from_db()
    project.refresh_from_db()
    assert chosen == frame
    assert frame.chosen == candidate(frame, 1)
    assert frame.revision == project.revision == 2
    assert list(project.frames.exclude(pk=frame.pk).values()) == others


def test_choosing_the_candidate_before_undoes_a_choice(frame: Frame) -> None:
    choose(frame, candidate(frame, 1).pk)
    assert choose(frame, candidate(frame, 0).pk).chosen == candidate(frame, 0)


def test_a_frame_that_failed_is_ready_once_something_is_chosen(frame: Frame) -> None:
    Frame.objects.filter(pk=frame.pk).update(status="failed", chosen=None)
    choose(frame, candidate(frame, 1).pk)
    frame.refresh_from_db()
    assert (frame.status, frame.chosen) == ("ready", candidate(frame, 1))


def test_a_candidate_of_another_frame_cannot_be_chosen(project: Project, frame: Frame) -> None:
    for wrong in (candidate(project.frames.get(index=0), 1).pk, uuid.uuid4()):
        with pytest.raises(ActionError) as refused:
            choose(frame, wrong)
        assert (refused.value.code, refused.value.attr, refused.value.status) == ("does_not_exist", "candidate", 400)


@pytest.mark.parametrize("status", ["pending", "working", "failed"])
def test_a_candidate_that_is_not_ready_cannot_be_chosen(project: Project, frame: Frame, status: str) -> None:
    Candidate.objects.filter(frame=frame, ordinal=1).update(status=status)
    with pytest.raises(ActionError) as refused:
        choose(frame, candidate(frame, 1).pk)
    assert (refused.value.code, refused.value.status) == ("not_ready", 409)
    project.refresh_from_db()
    frame.refresh_from_db()
    assert frame.chosen == candidate(frame, 0)
    assert project.revision == 1, "what changes nothing is no revision"


def test_a_frame_has_room_for_forty(frame: Frame) -> None:
    assert next_ordinals([frame], 38) == {frame: 2}
    with pytest.raises(ActionError):
        next_ordinals([frame], 39)
    frame.candidates.all().delete()
    assert next_ordinals([frame], 1) == {frame: 0}


def test_failed_candidates_of_earlier_requests_make_room_but_parents_stay(frame: Frame) -> None:
    def fail(ordinal: int, origin: str, parent: Candidate | None = None) -> Candidate:
        return Candidate.objects.create(frame=frame, ordinal=ordinal, status="failed", origin=origin, parent=parent)

    generated, retried, wanted, refined = (
        fail(ordinal, origin) for ordinal, origin in enumerate(("generated", "retried", "retried", "refined"), 5)
    )
    child = fail(9, "refined", parent=refined)
    delete_failed_candidates([frame], [wanted])
    left = set(frame.candidates.filter(status="failed"))
    assert left == {generated, wanted, refined}, (retried, child)
