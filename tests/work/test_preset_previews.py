"""The moving pictures of the motion gallery: drawn, stored in place of older ones, and requested again when lost."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_rq
import numpy as np
import pytest
import redis
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from animations.models import Preset
from animations.models.preset import PREVIEW_TIMEOUT
from animations.work import preset_previews
from tests.conftest import recipe_of


@pytest.fixture(autouse=True)
def _own_places(settings: Settings, tmp_path: Path, valkey: redis.Redis) -> None:
    """Empty the queue and the folder."""
    settings.MEDIA_ROOT = tmp_path


def stored() -> list[str]:
    names = default_storage.listdir("presets")[1] if default_storage.exists("presets") else []
    return [f"presets/{name}" for name in names]


def test_a_preview_moves_for_ever_with_clear_corners_and_few_bytes() -> None:
    data = preset_previews.draw(recipe_of("strong jump"))
    assert len(data) <= preset_previews.MAX_BYTES
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.info["loop"]) == ("WEBP", 0)
        assert picture.size == (preset_previews.SIZE, preset_previews.SIZE)
        assert getattr(picture, "n_frames", 1) == preset_previews.FRAMES
        shown = []
        for index in range(preset_previews.FRAMES):
            picture.seek(index)
            shown.append(picture.convert("RGBA").tobytes())
        assert picture.convert("RGBA").getchannel("A").getpixel((0, 0)) == 0
    assert len(set(shown)) > preset_previews.FRAMES // 2


def test_slow_words_make_slow_previews() -> None:
    def length(words: str) -> int:
        with Image.open(io.BytesIO(preset_previews.draw(recipe_of(words)))) as picture:
            picture.load()
            return int(picture.info["duration"])

    assert length("slow bounce") > length("bounce")


def test_the_sample_is_a_cutout_that_is_read_once() -> None:
    sample = preset_previews.sample()
    assert sample.dtype == np.uint8
    assert (sample.ndim, sample.shape[2], sample[0, 0, 3], sample[..., 3].max()) == (3, 4, 0, 255)
    assert preset_previews.sample() is sample


def test_a_preview_is_drawn_once_for_a_recipe_and_replaced_for_another(bounce: Preset) -> None:
    assert preset_previews.draw_preview("bounce")
    assert not preset_previews.draw_preview("bounce")
    first = Preset.objects.get().preview.name
    assert stored() == [first]
    assert str(first).startswith(f"presets/bounce-{bounce.preview_digest()}-")
    Preset.objects.update(recipe=recipe_of("spin"))
    assert preset_previews.draw_preview("bounce")
    preset = Preset.objects.get()
    assert preset.is_preview_fresh
    assert stored() == [preset.preview.name] != [first]


def test_no_preview_is_drawn_of_a_preset_that_is_gone(db: None) -> None:
    assert not preset_previews.draw_preview("gone")


def test_the_second_of_two_runs_leaves_no_preview(bounce: Preset) -> None:
    quick, slow = Preset.objects.get(), Preset.objects.get()
    assert preset_previews.store_preview(quick, b"quick")
    assert not preset_previews.store_preview(slow, b"slow")
    preset = Preset.objects.get()
    assert (preset.preview.read(), preset.preview_of) == (b"quick", preset.preview_digest())
    preset.preview.close()
    assert stored() == [preset.preview.name]


def test_a_preview_drawn_again_of_the_same_recipe_replaces_the_file(bounce: Preset) -> None:
    assert preset_previews.store_preview(Preset.objects.get(), b"first")
    first = Preset.objects.get().preview.name
    Preset.objects.update(preview_of="")
    assert preset_previews.store_preview(Preset.objects.get(), b"again")
    preset = Preset.objects.get()
    assert preset.is_preview_fresh
    with preset.preview.open() as file:
        assert file.read() == b"again"
    assert stored() == [preset.preview.name] != [first]


def test_a_deleted_preset_takes_its_preview_along(bounce: Preset, django_capture_on_commit_callbacks: Any) -> None:
    preset_previews.draw_preview("bounce")
    assert len(stored()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        Preset.objects.get().delete()
    assert stored() == []


def test_a_lost_preview_is_asked_for_again_but_not_every_ten_seconds(
    bounce: Preset, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert preset_previews.request_stale() == 1
        assert preset_previews.request_stale() == 0
    assert [message.args for message in django_rq.get_queue("bulk").jobs] == [("bounce",)]
    assert preset_previews.stale_previews() == []
    Preset.objects.update(preview_requested_at=timezone.now() - PREVIEW_TIMEOUT - timedelta(seconds=1))
    assert preset_previews.stale_previews() == [bounce]
    preset_previews.store_preview(Preset.objects.get(), b"drawn")
    assert preset_previews.stale_previews() == []


def test_without_redis_the_previews_are_overdue_at_once(
    bounce: Preset, settings: Settings, django_capture_on_commit_callbacks: Any
) -> None:
    settings.RQ_QUEUES = {"bulk": {"URL": "redis://127.0.0.1:1/0"}}
    Preset.objects.create(slug="spin", name="Spin", prompt="spin", recipe=recipe_of("spin"), active=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert preset_previews.request_stale() == 2
    assert len(preset_previews.stale_previews()) == 2
