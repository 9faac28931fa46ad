from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from animations.actions import presets as curating
from animations.models import Preset
from tests.actions.conftest import Commits, Waiting
from tests.conftest import recipe_of

Put = Callable[..., Preset]


@pytest.fixture
def put(db: None) -> Put:
    """Puts a preset at the end of the shelf."""

    def put_(slug: str, **values: Any) -> Preset:
        place = Preset.objects.count() + 1
        fields = {"name": slug.title(), "recipe": recipe_of("bounce"), "position": place, "active": True}
        return Preset.objects.create(slug=slug, **fields | values)

    return put_


def shelf() -> list[tuple[str, int]]:
    return list(Preset.objects.order_by("position").values_list("slug", "position"))


def test_a_copy_is_unpublished_and_stands_right_behind_its_original(put: Put) -> None:
    told = {"description": "Up and down.", "prompt": "bounce", "tags": ["happy"], "template": "A bounce."}
    original = put("bounce", **told)
    put("spin")
    copy = curating.duplicate(original)
    stored = Preset.objects.get(slug="bounce-copy")
    assert copy == stored
    assert (stored.name, stored.active, stored.recipe) == ("Copy of Bounce", False, original.recipe)
    assert {name: getattr(stored, name) for name in told} == told
    assert shelf() == [("bounce", 1), ("bounce-copy", 2), ("spin", 3)]


def test_each_copy_has_a_slug_of_its_own_however_long(put: Put) -> None:
    long = put("b" * 50, name="B" * 60)
    slugs = {curating.duplicate(long).slug for _ in range(3)}
    assert len(slugs) == 3
    assert max(map(len, slugs)) <= 50
    assert max(len(name) for name in Preset.objects.values_list("name", flat=True)) <= 60


def test_a_copy_has_a_preview_of_its_own_drawn(put: Put, committed: Commits, waiting: Waiting) -> None:
    original = put("bounce", preview="presets/bounce-1.webp", preview_of="1")
    with committed():
        copy = curating.duplicate(original)
    assert not Preset.objects.get(pk=copy.pk).preview
    assert waiting("bulk") == [("animations.jobs.draw_preview", "bounce-copy")]


def test_publishing_counts_what_was_hidden_before(put: Put) -> None:
    put("a")
    put("b", active=False)
    put("c", active=False)
    assert curating.publish(Preset.objects.filter(slug__in="ab")) == 1
    assert [preset.slug for preset in Preset.objects.active()] == ["a", "b"]


def test_taking_back_counts_what_was_shown_before(put: Put) -> None:
    put("a")
    put("b", active=False)
    put("c")
    assert curating.unpublish(Preset.objects.filter(slug__in="ab")) == 1
    assert [preset.slug for preset in Preset.objects.active()] == ["c"]


def test_positions_become_whole_again_and_a_preset_that_came_up_goes_first(put: Put) -> None:
    for slug, position in (("a", 3), ("b", 9), ("c", 3)):
        put(slug, position=position)
    came_up = Preset.objects.get(slug="c")
    curating.renumber({came_up.pk: 12})
    assert shelf() == [("c", 1), ("a", 2), ("b", 3)]


def test_a_preset_that_went_down_goes_behind_the_one_at_its_new_position(put: Put) -> None:
    for slug, position in (("a", 2), ("b", 2), ("c", 3)):
        put(slug, position=position)
    went_down = Preset.objects.get(slug="a")
    curating.renumber({went_down.pk: 1})
    assert shelf() == [("b", 1), ("a", 2), ("c", 3)]


def test_a_fresh_preview_is_drawn_again_when_asked(put: Put, committed: Commits, waiting: Waiting) -> None:
    preset = put("bounce", preview="presets/bounce-1.webp")
    Preset.objects.update(preview_of=preset.preview_digest())
    with committed():
        curating.redraw([preset])
    preset.refresh_from_db()
    assert not preset.is_preview_fresh
    assert preset.preview, "the old one is shown until then"
    assert waiting("bulk") == [("animations.jobs.draw_preview", "bounce")]


def test_only_a_stale_preview_is_asked_for(put: Put, committed: Commits, waiting: Waiting) -> None:
    stale, fresh = put("stale"), put("fresh", preview="presets/fresh-1.webp")
    fresh.preview_of = fresh.preview_digest()
    with committed():
        assert curating.redraw_if_stale(stale)
        assert not curating.redraw_if_stale(fresh)
    assert waiting("bulk") == [("animations.jobs.draw_preview", "stale")]
