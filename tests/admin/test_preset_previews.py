"""Drawing the moving previews."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from animations.models import Preset
from animations.models.preset import PREVIEW_TIMEOUT
from animations.motion.language.reader import parse_motion
from animations.work import preset_previews as previews
from tests.admin.conftest import Commits, MakePreset, QueuedPreviews


def stored() -> list[str]:
    return default_storage.listdir("presets")[1] if default_storage.exists("presets") else []


def recipe(words: str) -> dict[str, Any]:
    found = parse_motion(words).recipe
    assert found is not None
    return found.to_json()


def test_a_preview_moves_for_ever_with_clear_corners_and_few_bytes() -> None:
    data = previews.draw(recipe("strong jump"))
    assert len(data) <= previews.MAX_BYTES
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (112, 112))
        assert picture.info["loop"] == 0
        assert getattr(picture, "n_frames", 1) == previews.FRAMES
        shown = []
        for index in range(previews.FRAMES):
            picture.seek(index)
            shown.append(picture.convert("RGBA").tobytes())
        assert picture.convert("RGBA").getchannel("A").getpixel((0, 0)) == 0
    assert len(set(shown)) > previews.FRAMES // 2


def test_slow_words_make_slow_previews() -> None:
    def length(words: str) -> int:
        with Image.open(io.BytesIO(previews.draw(recipe(words)))) as picture:
            picture.load()
            return int(picture.info["duration"])

    assert length("slow bounce") > length("bounce")


def test_the_sample_is_a_cutout() -> None:
    sample = previews.sample()
    assert sample.shape[2] == 4
    assert sample[0, 0, 3] == 0
    assert sample[..., 3].max() == 255


def test_a_preview_is_drawn_once_for_a_recipe(make_preset: MakePreset) -> None:
    preset = make_preset("bounce")
    assert previews.draw_preview("bounce")
    preset.refresh_from_db()
    assert preset.is_preview_fresh
    assert str(preset.preview.name).startswith(f"presets/bounce-{preset.preview_digest()}-")
    assert not previews.draw_preview("bounce")
    assert len(stored()) == 1


def test_another_recipe_replaces_the_preview_and_its_file(make_preset: MakePreset) -> None:
    preset = make_preset("bounce")
    previews.draw_preview("bounce")
    Preset.objects.update(recipe=recipe("spin"))
    assert previews.draw_preview("bounce")
    preset.refresh_from_db()
    assert preset.is_preview_fresh
    assert [f"presets/{name}" for name in stored()] == [preset.preview.name]


def test_a_preset_that_is_gone_is_nothing_to_draw(db: None) -> None:
    assert not previews.draw_preview("gone")


def test_a_run_that_comes_second_leaves_no_file(make_preset: MakePreset) -> None:
    make_preset("bounce")
    slow, quick = Preset.objects.get(), Preset.objects.get()
    assert previews.store_preview(quick, b"quick")
    assert not previews.store_preview(slow, b"slow")
    assert [f"presets/{name}" for name in stored()] == [Preset.objects.get().preview.name]


def test_a_preview_drawn_again_of_the_same_recipe_keeps_its_file(make_preset: MakePreset) -> None:
    make_preset("bounce")
    assert previews.store_preview(Preset.objects.get(), b"first")
    Preset.objects.update(preview_of="")
    assert previews.store_preview(Preset.objects.get(), b"again")
    preset = Preset.objects.get()
    assert preset.is_preview_fresh
    with preset.preview.open() as file:
        assert file.read() == b"again"
    assert len(stored()) == 1


def test_a_deleted_preset_takes_its_preview_along(
    make_preset: MakePreset, django_capture_on_commit_callbacks: Commits
) -> None:
    preset = make_preset("bounce")
    previews.draw_preview("bounce")
    preset.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        preset.delete()
    assert stored() == []


def test_a_lost_preview_is_asked_for_again_but_not_every_ten_seconds(
    make_preset: MakePreset, queued_previews: QueuedPreviews, django_capture_on_commit_callbacks: Commits
) -> None:
    make_preset("bounce")
    with django_capture_on_commit_callbacks(execute=True):
        assert previews.request_stale() == 1
        assert previews.request_stale() == 0
    assert queued_previews() == ["bounce"]
    Preset.objects.update(preview_requested_at=timezone.now() - PREVIEW_TIMEOUT - timedelta(seconds=1))
    assert [preset.slug for preset in previews.stale_previews()] == ["bounce"]
    previews.draw_preview("bounce")
    assert previews.stale_previews() == []


def test_without_redis_the_previews_are_overdue_at_once(
    make_preset: MakePreset, settings: Any, django_capture_on_commit_callbacks: Commits
) -> None:
    settings.RQ_QUEUES = {"bulk": {"URL": "redis://127.0.0.1:1/0"}}
    make_preset("bounce")
    make_preset("spin", "spin")
    with django_capture_on_commit_callbacks(execute=True):
        assert previews.request_stale() == 2
    assert len(previews.stale_previews()) == 2
