from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from animations.actions import presets
from animations.models import Preset
from tests.actions.conftest import QueuedMessages, RunOnCommit
from tests.conftest import recipe_of

AddPreset = Callable[..., Preset]


@pytest.fixture
def add_preset(db: None) -> AddPreset:
    """Return a function that adds a preset behind the others."""

    def add(slug: str, **values: Any) -> Preset:
        place = Preset.objects.count() + 1
        fields = {"name": slug.title(), "recipe": recipe_of("bounce"), "position": place, "active": True}
        return Preset.objects.create(slug=slug, **fields | values)

    return add


def positions() -> list[tuple[str, int]]:
    return list(Preset.objects.order_by("position").values_list("slug", "position"))


def test_a_copy_is_unpublished_and_stands_right_behind_its_original(add_preset: AddPreset) -> None:
    texts = {"description": "Up and down.", "prompt": "bounce", "tags": ["happy"], "template": "A bounce."}
    original = add_preset("bounce", **texts)
    add_preset("spin")
    copy = presets.duplicate(original)
    stored = Preset.objects.get(slug="bounce-copy")
    assert copy == stored
    assert (stored.name, stored.active, stored.recipe) == ("Copy of Bounce", False, original.recipe)
    assert {name: getattr(stored, name) for name in texts} == texts
    assert positions() == [("bounce", 1), ("bounce-copy", 2), ("spin", 3)]


def test_each_copy_has_a_slug_of_its_own_however_long(add_preset: AddPreset) -> None:
    long = add_preset("b" * 50, name="B" * 60)
    slugs = {presets.duplicate(long).slug for _ in range(3)}
    assert len(slugs) == 3
    assert max(map(len, slugs)) <= 50
    assert max(len(name) for name in Preset.objects.values_list("name", flat=True)) <= 60


def test_a_copy_gets_a_preview_of_its_own(
    add_preset: AddPreset, run_on_commit: RunOnCommit, queued_messages: QueuedMessages
) -> None:
    original = add_preset("bounce", preview="presets/bounce-1.webp", preview_of="1")
    with run_on_commit():
        copy = presets.duplicate(original)
    assert not Preset.objects.get(pk=copy.pk).preview
    assert queued_messages("bulk") == [("animations.jobs.draw_preview", "bounce-copy")]


def test_publish_counts_the_presets_that_were_hidden(add_preset: AddPreset) -> None:
    add_preset("a")
    add_preset("b", active=False)
    add_preset("c", active=False)
    assert presets.publish(Preset.objects.filter(slug__in="ab")) == 1
    assert [preset.slug for preset in Preset.objects.active()] == ["a", "b"]


def test_unpublish_counts_the_presets_that_were_shown(add_preset: AddPreset) -> None:
    add_preset("a")
    add_preset("b", active=False)
    add_preset("c")
    assert presets.unpublish(Preset.objects.filter(slug__in="ab")) == 1
    assert [preset.slug for preset in Preset.objects.active()] == ["c"]


@pytest.mark.parametrize(
    ("moved", "position", "expected"), [("c", 1, "cab"), ("a", 3, "bca"), ("a", 2, "bac"), ("b", 99, "acb")]
)
def test_a_preset_that_is_given_anothers_position_takes_its_place(
    add_preset: AddPreset, moved: str, position: int, expected: str
) -> None:
    for slug in "abc":
        add_preset(slug)
    previous = dict(Preset.objects.values_list("pk", "position"))
    Preset.objects.filter(slug=moved).update(position=position)
    presets.renumber(previous)
    assert positions() == [(slug, place) for place, slug in enumerate(expected, 1)]


@pytest.mark.parametrize(
    ("moved", "position", "expected"), [("bc", 1, "bcad"), ("ab", 3, "cabd"), ("ad", 2, "dbac"), ("ad", 3, "bdca")]
)
def test_presets_that_are_given_one_position_keep_their_order(
    add_preset: AddPreset, moved: str, position: int, expected: str
) -> None:
    for slug in "abcd":
        add_preset(slug)
    previous = dict(Preset.objects.values_list("pk", "position"))
    Preset.objects.filter(slug__in=moved).update(position=position)
    presets.renumber(previous)
    assert positions() == [(slug, place) for place, slug in enumerate(expected, 1)]


def test_a_fresh_preview_is_drawn_again_on_request(
    add_preset: AddPreset, run_on_commit: RunOnCommit, queued_messages: QueuedMessages
) -> None:
    preset = add_preset("bounce", preview="presets/bounce-1.webp")
    Preset.objects.update(preview_of=preset.preview_digest())
    with run_on_commit():
        presets.redraw([preset])
    preset.refresh_from_db()
    assert not preset.is_preview_fresh
    assert preset.preview, "the old one is shown until then"
    assert queued_messages("bulk") == [("animations.jobs.draw_preview", "bounce")]


def test_only_a_stale_preview_is_requested(
    add_preset: AddPreset, run_on_commit: RunOnCommit, queued_messages: QueuedMessages
) -> None:
    stale, fresh = add_preset("stale"), add_preset("fresh", preview="presets/fresh-1.webp")
    fresh.preview_of = fresh.preview_digest()
    with run_on_commit():
        assert presets.redraw_if_stale(stale)
        assert not presets.redraw_if_stale(fresh)
    assert queued_messages("bulk") == [("animations.jobs.draw_preview", "stale")]
