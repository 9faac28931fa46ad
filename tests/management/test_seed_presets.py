"""The curated presets and the command `seed_presets`."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import pytest
from django.core.management import call_command

from animations.management.commands.seed_presets import DATA, curated
from animations.models import Preset
from animations.motion.language.reader import parse_motion
from tests.admin.conftest import Commits, MakePreset, QueuedPreviews

ENTRIES: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))


def seed(*options: str) -> str:
    output = io.StringIO()
    call_command("seed_presets", *options, stdout=output)
    return output.getvalue()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["slug"]))
def test_every_curated_motion_is_understood_word_by_word(entry: dict[str, Any]) -> None:
    reading = parse_motion(entry["words"])
    assert reading.recipe is not None
    assert list(reading.unknown) == []


def test_curated_motions_are_valid_and_all_different() -> None:
    presets = curated()
    assert len(presets) >= 20
    assert len({preset.slug for preset in presets}) == len({preset.name for preset in presets}) == len(presets)
    assert len({json.dumps(preset.recipe) for preset in presets}) == len(presets)
    for preset in presets:
        preset.clean_fields()
    assert [preset.position for preset in presets] == list(range(1, len(presets) + 1))


def test_the_first_preset_is_the_bounce(db: None) -> None:
    seed()
    first = Preset.objects.active().first()
    assert first is not None
    assert first.slug == "bounce"
    assert parse_motion("bounce").recipe is not None
    assert first.recipe == parse_motion("bounce").recipe.to_json()  # type: ignore[union-attr]


def test_seeding_twice_adds_nothing_and_keeps_what_staff_changed(db: None) -> None:
    seed()
    count = Preset.objects.count()
    Preset.objects.filter(slug="bounce").update(name="Boing", active=False, position=40)
    Preset.objects.filter(slug="spin").delete()
    assert seed().startswith("1 presets added")
    assert Preset.objects.count() == count
    bounce = Preset.objects.get(slug="bounce")
    assert (bounce.name, bounce.active, bounce.position) == ("Boing", False, 40)


def test_reset_puts_the_curated_ones_back_and_leaves_others_alone(make_preset: MakePreset) -> None:
    seed()
    make_preset("mine", name="My own")
    Preset.objects.filter(slug="bounce").update(name="Boing", active=False, preview="presets/x.webp")
    seed("--reset")
    bounce = Preset.objects.get(slug="bounce")
    assert (bounce.name, bounce.active, bounce.preview.name) == ("Bounce", True, "presets/x.webp")
    assert Preset.objects.get(slug="mine").name == "My own"


def test_seeding_asks_for_the_previews_that_are_missing(
    db: None, queued_previews: QueuedPreviews, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        seed()
    assert queued_previews() == [entry["slug"] for entry in ENTRIES]


def test_seeding_takes_less_than_a_second_of_work_and_waits_for_no_redis(
    db: None, settings: Any, django_capture_on_commit_callbacks: Commits
) -> None:
    settings.RQ_QUEUES = {"bulk": {"URL": "redis://127.0.0.1:1/0"}}
    started, worked = time.perf_counter(), time.process_time()
    with django_capture_on_commit_callbacks(execute=True):
        seed()
    assert time.process_time() - worked < 1
    assert time.perf_counter() - started < 8
    assert Preset.objects.count() == len(ENTRIES)
