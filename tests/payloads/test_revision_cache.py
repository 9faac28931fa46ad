"""What belongs to one revision of a project is read once, and never shown for another."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from animations.actions.frames import choose
from animations.models import Frame, Project
from animations.models.transitions import revise
from animations.payloads import project_detail_payload, project_list_payload
from animations.payloads.revision_cache import RevisionCache
from tests.conftest import MakeProject

pytestmark = pytest.mark.django_db(transaction=True)


def read(project: Project) -> tuple[dict[str, Any], int]:
    """Return the project as it is shown now, and the queries that took."""
    row = Project.objects.for_payload().get(pk=project.pk)
    with CaptureQueriesContext(connection) as seen:
        return dict(project_detail_payload(row)), len(seen)


def test_frames_are_read_once_for_a_revision(project: Project) -> None:
    first, queries = read(project)
    second, fewer = read(project)
    assert first == second
    assert (queries, fewer) == (7, 2)


def test_a_change_is_shown_at_once(project: Project) -> None:
    read(project)
    frame = project.current_frames()[1]
    other = frame.candidates.exclude(pk=str(frame.chosen_id)).get()
    choose(frame, other.pk)
    assert read(project)[0]["frames"][1]["chosen"] == str(other.pk)


def test_progress_is_shown_as_it_is_after_a_change(project: Project) -> None:
    assert read(project)[0]["progress"]["failed"] == 0
    with revise(project.pk) as revision:
        Frame.objects.filter(project=project, index=0).update(status="failed", revision=revision)
    assert read(project)[0]["progress"] == {"done": 2, "total": 3, "failed": 1}


def test_what_a_transaction_has_taken_back_is_not_shown(project: Project) -> None:
    with pytest.raises(KeyboardInterrupt), revise(project.pk) as revision:
        Frame.objects.filter(project=project, index=0).update(delay_ms=500, revision=revision)
        assert read(project)[0]["frames"][0]["delay_ms"] == 500
        raise KeyboardInterrupt
    with revise(project.pk):
        pass
    assert read(project)[0]["frames"][0]["delay_ms"] == 80


def test_a_list_reads_the_frames_of_changed_projects_alone(owner: User, new_project: MakeProject) -> None:
    projects = [new_project(owner) for _ in range(3)]
    project_list_payload(Project.objects.for_payload())
    with revise(projects[0].pk):
        pass
    rows = list(Project.objects.for_payload())
    with CaptureQueriesContext(connection) as seen:
        assert len(project_list_payload(rows)) == 3
    (progress,) = (query["sql"] for query in seen if "COUNT(" in query["sql"] and "animations_frame" in query["sql"])
    assert progress.count(projects[0].pk.hex) == 1
    assert projects[1].pk.hex not in progress


def test_no_more_is_kept_than_there_is_room_for(owner: User, new_project: MakeProject) -> None:
    cache: RevisionCache[bytes] = RevisionCache(10, len)
    first, second = new_project(owner, 1, 1), new_project(owner, 1, 1)
    cache.put(first, b"123456")
    cache.put(first, b"12345678")
    assert cache.get(first) == b"12345678"
    cache.put(second, b"123")
    assert (cache.get(first), cache.get(second)) == (None, b"123")
    cache.put(first, b"more than there is room for")
    assert (cache.get(first), cache.get(second)) == (None, None)


def test_nothing_is_kept_inside_a_transaction(project: Project) -> None:
    cache: RevisionCache[bytes] = RevisionCache(10, len)
    with transaction.atomic():
        cache.put(project, b"1")
    assert cache.get(project) is None


def test_each_language_has_a_value_of_its_own(project: Project) -> None:
    cache: RevisionCache[bytes] = RevisionCache(10, len)
    with override("ko"):
        cache.put(project, b"ko")
    cache.put(project, b"en")
    with override("ko"):
        assert cache.get(project) == b"ko"
