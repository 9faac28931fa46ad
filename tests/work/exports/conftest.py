"""Sets of small finished emoji."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from animations import jobs
from animations.models import EmojiSet, Project

MakeSet = Callable[..., EmojiSet]
MOTIONS = ("bounce", "spin", "nod")


@pytest.fixture
def make_set(make_project: Callable[..., Project], owner: Any) -> MakeSet:
    """Make a set of one emoji for each motion, all finished."""

    def make(*motions: str) -> EmojiSet:
        emoji_set = EmojiSet.objects.create(owner=owner, name="Disc set")
        for place, motion in enumerate(motions or MOTIONS):
            project = make_project(prompt=motion, candidates=1)
            jobs.run(str(project.jobs.get().pk))
            columns = {"emoji_set": emoji_set, "set_position": place, "name": f"disc, {motion}"}
            Project.objects.filter(pk=project.pk).update(**columns)
        return emoji_set

    return make
