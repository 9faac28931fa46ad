"""Add the curated motions. Safe to run at every start: what staff have changed stays as they left it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandParser
from django.db import transaction

from animations.management.database_command import DatabaseCommand
from animations.models import Preset
from animations.models.preset import request_previews
from animations.motion.language.prompt import DEFAULT_TEMPLATE
from animations.motion.language.reader import parse_motion

DATA: Final = Path(__file__).resolve().parent.parent / "presets.json"
"""The curated motions in the order of the gallery. Their recipes are read from their words."""
CURATED: Final = ("name", "description", "prompt", "tags", "recipe", "template", "position", "active", "updated_at")


class Command(DatabaseCommand):
    """Add the curated presets that are missing."""

    help = "Add the curated motions that are missing; what staff have changed stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--reset`."""
        parser.add_argument(
            "--reset", action="store_true", help="also put the curated motions that are there back as delivered"
        )

    @transaction.atomic
    def handle(self, *_: Any, **options: Any) -> None:
        """Add the presets, ask for the previews that are overdue, and say what was done."""
        presets = curated()
        known = set(Preset.objects.values_list("slug", flat=True))
        missing = [preset for preset in presets if preset.slug not in known]
        if options["reset"]:
            Preset.objects.bulk_create(presets, update_conflicts=True, unique_fields=["slug"], update_fields=CURATED)
        else:
            # Another process may be seeding at this moment: the second has nothing to add.
            Preset.objects.bulk_create(missing, ignore_conflicts=True)
        request_previews(Preset.objects.overdue())
        if options["verbosity"]:
            put_back = f", {len(presets) - len(missing)} put back" if options["reset"] else ""
            self.stdout.write(f"{len(missing)} presets added{put_back}, {len(known - _slugs(presets))} of your own.")


def curated() -> list[Preset]:
    """Return the curated presets as delivered, not saved. All are published."""
    entries: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))
    return [_preset(position, entry) for position, entry in enumerate(entries, 1)]


def _preset(position: int, entry: dict[str, Any]) -> Preset:
    recipe = parse_motion(entry["words"]).recipe
    assert recipe is not None, entry["slug"]  # a test reads every entry
    return Preset(
        slug=entry["slug"],
        name=entry["name"],
        description=entry["description"],
        prompt=entry["words"],
        tags=entry["tags"],
        recipe=recipe.to_json(),
        template=entry.get("template", DEFAULT_TEMPLATE),
        position=position,
        active=True,
    )


def _slugs(presets: list[Preset]) -> set[str]:
    return {preset.slug for preset in presets}
