"""Curate the presets: copy, order, publish, draw again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from django.db import transaction
from django.utils import timezone

from animations.models import Preset
from animations.models.preset import request_previews


@transaction.atomic
def duplicate(preset: Preset) -> Preset:
    """Copy a preset, unpublished, right behind it in the order, with a slug of its own."""
    order = _locked_order()
    copy = Preset.objects.create(
        slug=_free_slug(preset.slug, {other.slug for other in order}),
        name=f"Copy of {preset.name}"[: Preset.NAME_LENGTH],
        description=preset.description,
        prompt=preset.prompt,
        tags=preset.tags,
        recipe=preset.recipe,
        template=preset.template,
        active=False,
    )
    place = next((place for place, other in enumerate(order, 1) if other.pk == preset.pk), len(order))
    _number([*order[:place], copy, *order[place:]])
    request_previews([copy])
    return copy


def publish(presets: Iterable[Preset]) -> int:
    """Show these presets to everybody; returns how many were hidden before."""
    return _switch(presets, active=True)


def unpublish(presets: Iterable[Preset]) -> int:
    """Hide these presets; what was made with them stays as it is. Returns how many were shown before."""
    return _switch(presets, active=False)


@transaction.atomic
def renumber(previous: Mapping[int, int]) -> None:
    """Make the positions 1, 2, 3 … again; `previous` holds those of before somebody changed some, by primary key.

    At one position, those that came up go before the one that was there and those that went down behind it; both keep
    their order.
    """

    def place(preset: Preset) -> tuple[int, int, int]:
        before = previous.get(preset.pk, preset.position)
        came_up, went_down = preset.position < before, preset.position > before
        return preset.position, went_down - came_up, before

    _number(sorted(_locked_order(), key=place))


def redraw(presets: Sequence[Preset]) -> None:
    """Draw the moving previews again, fresh or not. The old ones are shown until then."""
    Preset.objects.filter(pk__in=[preset.pk for preset in presets]).update(preview_of="")
    request_previews(presets)


def redraw_if_stale(preset: Preset) -> bool:
    """Request the preset's preview if it no longer shows the recipe; return whether that was so."""
    if preset.is_preview_fresh:
        return False
    request_previews([preset])
    return True


def _switch(presets: Iterable[Preset], *, active: bool) -> int:
    rows = Preset.objects.filter(pk__in=[preset.pk for preset in presets], active=not active)
    return rows.update(active=active, updated_at=timezone.now())


def _locked_order() -> list[Preset]:
    """Return all presets in order, locked: two people who order at once go one after the other."""
    return list(Preset.objects.select_for_update().order_by("position", "name", "pk"))


def _number(order: Iterable[Preset]) -> None:
    for position, preset in enumerate(order, 1):
        if preset.position != position:
            Preset.objects.filter(pk=preset.pk).update(position=position)
            preset.position = position


def _free_slug(slug: str, taken: set[str]) -> str:
    endings = (f"-copy-{number}" if number > 1 else "-copy" for number in count(1))
    return next(
        name for ending in endings if (name := slug[: Preset.SLUG_LENGTH - len(ending)] + ending) not in taken
    )
