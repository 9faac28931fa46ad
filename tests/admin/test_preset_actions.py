"""What staff may ask of presets, below any page."""

from __future__ import annotations

import pytest

from animations.actions import presets as preset_actions
from animations.models import Preset
from tests.admin.conftest import Commits, MakePreset, QueuedPreviews


def order() -> list[str]:
    return list(Preset.objects.order_by("position").values_list("slug", flat=True))


def positions() -> list[int]:
    return sorted(Preset.objects.values_list("position", flat=True))


def test_a_copy_is_unpublished_and_stands_right_behind_its_original(make_preset: MakePreset) -> None:
    first = make_preset("bounce", tags=["happy"])
    make_preset("spin")
    copy = preset_actions.duplicate(first)
    copy.refresh_from_db()
    assert (copy.name, copy.slug, copy.active) == ("Copy of Bounce", "bounce-copy", False)
    assert (copy.recipe, copy.template, copy.tags) == (first.recipe, first.template, ["happy"])
    assert order() == ["bounce", "bounce-copy", "spin"]
    assert positions() == [1, 2, 3]


def test_each_copy_gets_a_slug_of_its_own_however_long(make_preset: MakePreset) -> None:
    long = make_preset("b" * 50, name="B" * 60)
    slugs = {preset_actions.duplicate(long).slug for _ in range(3)}
    assert len(slugs) == 3
    assert max(map(len, slugs)) <= 50
    assert max(len(name) for name in Preset.objects.values_list("name", flat=True)) <= 60


def test_a_copy_has_its_own_preview_drawn(
    make_preset: MakePreset, queued_previews: QueuedPreviews, django_capture_on_commit_callbacks: Commits
) -> None:
    original = make_preset("bounce", preview="presets/bounce-1.webp", preview_of="1")
    with django_capture_on_commit_callbacks(execute=True):
        copy = preset_actions.duplicate(original)
    assert not Preset.objects.get(pk=copy.pk).preview
    assert queued_previews() == ["bounce-copy"]


def test_publishing_and_unpublishing_count_only_what_changes(make_preset: MakePreset) -> None:
    make_preset("bounce")
    make_preset("spin", active=False)
    assert preset_actions.publish(Preset.objects.all()) == 1
    assert Preset.objects.active().count() == 2
    assert preset_actions.unpublish(Preset.objects.all()) == 2
    assert Preset.objects.active().count() == 0


@pytest.mark.parametrize(
    ("moved", "position", "expected"), [("c", 1, "cab"), ("a", 3, "bca"), ("a", 2, "bac"), ("b", 99, "acb")]
)
def test_a_preset_that_is_given_anothers_position_takes_its_place(
    make_preset: MakePreset, moved: str, position: int, expected: str
) -> None:
    for slug in "abc":
        make_preset(slug)
    previous = dict(Preset.objects.values_list("pk", "position"))
    Preset.objects.filter(slug=moved).update(position=position)
    preset_actions.renumber(previous)
    assert order() == list(expected)
    assert positions() == [1, 2, 3]


def test_a_fresh_preview_is_drawn_again_when_asked(
    make_preset: MakePreset, queued_previews: QueuedPreviews, django_capture_on_commit_callbacks: Commits
) -> None:
    preset = make_preset("bounce", preview="presets/bounce-1.webp")
    Preset.objects.update(preview_of=preset.preview_digest())
    with django_capture_on_commit_callbacks(execute=True):
        preset_actions.redraw([preset])
    stale = Preset.objects.get()
    assert not stale.is_preview_fresh
    assert stale.preview, "the old one is shown until then"
    assert queued_previews() == ["bounce"]


def test_only_a_stale_preview_is_asked_for(
    make_preset: MakePreset, queued_previews: QueuedPreviews, django_capture_on_commit_callbacks: Commits
) -> None:
    stale = make_preset("bounce")
    fresh = make_preset("spin", "spin", preview="presets/spin-1.webp")
    fresh.preview_of = fresh.preview_digest()
    with django_capture_on_commit_callbacks(execute=True):
        assert preset_actions.redraw_if_stale(stale)
        assert not preset_actions.redraw_if_stale(fresh)
    assert queued_previews() == ["bounce"]
