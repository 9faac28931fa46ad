from __future__ import annotations

import pytest

from animations.actions.errors import ActionError
from animations.actions.projects.choose import choose_candidates, choose_version
from animations.models import Candidate, Job, Matte, Project, Source


def shown(project: Project) -> list[int | None]:
    """Return the ordinal of what each frame shows."""
    chosen = project.current_frames().values_list("chosen__ordinal", flat=True)
    return list(chosen)


def test_frames_where_the_version_is_not_ready_stay_as_they_are(project: Project) -> None:
    Candidate.objects.filter(frame__index=1, ordinal=1).update(status="failed")
    project.frames.filter(index=2).update(status="pending", chosen=None)
    first = project.frames.get(index=0)
    assert choose_version(project, 1) == [first.chosen_id]
    assert shown(project) == [1, 0, None]


def test_a_version_is_not_ready_while_it_is_made_and_refused_where_there_is_none(project: Project) -> None:
    Candidate.objects.filter(ordinal=1).update(status="working")
    with pytest.raises(ActionError) as early:
        choose_version(project, 1)
    assert (early.value.code, early.value.status, early.value.attr) == ("not_ready", 409, "version")
    with pytest.raises(ActionError) as unknown:
        choose_version(project, 9)
    assert (unknown.value.code, unknown.value.status, unknown.value.attr) == ("does_not_exist", 400, "version")


def test_a_frame_that_failed_is_ready_once_a_version_is_chosen_for_all(project: Project) -> None:
    project.frames.filter(index=1).update(status="failed", chosen=None)
    choose_version(project, 1)
    assert shown(project) == [1, 1, 1]
    assert project.frames.get(index=1).status == "ready"


def test_each_candidate_takes_the_place_in_its_own_frame_or_none_does(project: Project) -> None:
    others = list(Candidate.objects.filter(frame__project=project, ordinal=1, frame__index__gt=0))
    choose_candidates(project, [other.pk for other in others])
    assert shown(project) == [0, 1, 1]
    project.frames.filter(index=1).update(status="pending")
    with pytest.raises(ActionError) as refused:
        choose_candidates(project, list(Candidate.objects.filter(ordinal=0).values_list("pk", flat=True)))
    assert (refused.value.code, shown(project)) == ("not_ready", [0, 1, 1])


def test_a_version_that_was_drawn_before_the_source_was_mended_is_drawn_again(project: Project) -> None:
    source = Source.objects.get(project=project)
    old = source.matte
    assert old is not None
    Candidate.objects.filter(frame__project=project).update(matte=old)
    new = Matte.objects.create(source=source, parent=old, tool="edge", engine=old.engine)
    Source.objects.filter(pk=source.pk).update(matte=new)
    choose_version(project, 1)
    job = Job.objects.get(project=project, kind="refine")
    assert (job.status, job.params) == ("queued", {"matte": str(new.pk), "tool": "redraw"})
    redrawn = Candidate.objects.filter(job=job)
    assert [(candidate.parent.ordinal, candidate.status) for candidate in redrawn if candidate.parent] == [
        (1, "pending")
    ] * 3
