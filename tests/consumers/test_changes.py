from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from animations.consumers.auth import Subscriber
from animations.consumers.changes import Gone, SignedOut
from animations.models import Frame, Project
from animations.models.transitions import revise
from tests.conftest import MakeProject
from tests.consumers.project_edits import apply, changes_since, make_changes, state


def test_changes_since_any_revision_are_exactly_those_after_it(emoji: Project, owner: User, cookie: str) -> None:
    subscriber = Subscriber(cookie)
    (snapshot,) = changes_since(subscriber, emoji.pk, None)
    last = make_changes(emoji.pk, 20)
    held: dict[str, Any] = {}
    apply(held, snapshot)
    for message in changes_since(subscriber, emoji.pk, snapshot["revision"]):
        apply(held, message)
    assert held == state(emoji.pk)
    assert changes_since(subscriber, emoji.pk, last) == []
    for sent in range(1, last):
        revisions = [message["revision"] for message in changes_since(subscriber, emoji.pk, sent)]
        assert revisions == sorted(revisions)
        assert min(revisions) > sent
        assert revisions[-1] == last


def test_rows_that_move_on_while_they_are_read_are_sent_next_time(emoji: Project, cookie: str) -> None:
    subscriber = Subscriber(cookie)
    with revise(emoji.pk):
        pass
    Frame.objects.filter(project=emoji, index=0).update(revision=9)
    assert [message["type"] for message in changes_since(subscriber, emoji.pk, 1)] == ["project"]
    Project.objects.filter(pk=emoji.pk).update(revision=9)
    assert [message["type"] for message in changes_since(subscriber, emoji.pk, 2)] == ["frame", "project"]


def test_changes_are_for_who_may_see_the_project(emoji: Project, cookie: str, owner: User, stranger: User) -> None:
    for nobody in (
        Subscriber("x"),
        Subscriber("", 10**6),
        Subscriber("", None),
        Subscriber(cookie, stranger.pk),
    ):
        with pytest.raises(SignedOut):
            changes_since(nobody, emoji.pk, None)
    with pytest.raises(Gone):
        changes_since(Subscriber("", stranger.pk), emoji.pk, None)
    assert changes_since(Subscriber(cookie, owner.pk), emoji.pk, None)


def test_reading_changes_costs_as_many_queries_for_many_rows_as_for_few(
    owner: User, new_project: MakeProject, cookie: str, django_assert_max_num_queries: Any
) -> None:
    large = new_project(owner, 12, 4)
    with django_assert_max_num_queries(18):
        assert changes_since(Subscriber(cookie), large.pk, None)
    Frame.objects.filter(project=large).update(revision=2)
    Project.objects.filter(pk=large.pk).update(revision=2)
    with django_assert_max_num_queries(14):
        assert len(changes_since(Subscriber(cookie), large.pk, 1)) == 13
