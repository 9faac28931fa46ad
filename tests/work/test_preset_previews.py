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
from animations.work import preset_previews as previews
from tests.conftest import recipe_of


@pytest.fixture(autouse=True)
def _own_places(settings: Settings, tmp_path: Path, valkey: redis.Redis) -> None:
    """Empty the queue and the folder."""
    settings.MEDIA_ROOT = tmp_path


def stored() -> list[str]:
    names = default_storage.listdir("presets")[1] if default_storage.exists("presets") else []
    return [f"presets/{name}" for name in names]


def test_a_preview_moves_for_ever_with_clear_corners_and_few_bytes() -> None:
    data = previews.draw(recipe_of("bounce"))
    assert len(data) <= previews.MAX_BYTES
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.size, picture.info["loop"]) == ("WEBP", (previews.SIZE, previews.SIZE), 0)
        assert getattr(picture, "n_frames", 1) == previews.FRAMES
        assert picture.convert("RGBA").getpixel((0, 0))[3] == 0  # type: ignore[index]


def test_the_sample_is_a_cutout_that_is_read_once() -> None:
    sample = previews.sample()
    assert sample.dtype == np.uint8
    assert (sample.ndim, sample.shape[2], sample[0, 0, 3], sample[..., 3].max()) == (3, 4, 0, 255)
    assert previews.sample() is sample


def test_a_preview_is_drawn_once_for_a_recipe_and_replaced_for_another(bounce: Preset) -> None:
    assert previews.draw_preview("bounce")
    assert not previews.draw_preview("bounce")
    first = Preset.objects.get().preview.name
    assert stored() == [first]
    Preset.objects.update(recipe=recipe_of("spin"))
    assert previews.draw_preview("bounce")
    preset = Preset.objects.get()
    assert preset.is_preview_fresh
    assert stored() == [preset.preview.name] != [first]


def test_no_preview_is_drawn_of_a_preset_that_is_gone(db: None) -> None:
    assert not previews.draw_preview("gone")


def test_the_second_of_two_runs_leaves_no_preview(bounce: Preset) -> None:
    quick, slow = Preset.objects.get(), Preset.objects.get()
    assert previews.store_preview(quick, b"quick")
    assert not previews.store_preview(slow, b"slow")
    preset = Preset.objects.get()
    assert (preset.preview.read(), preset.preview_of) == (b"quick", preset.preview_digest())
    preset.preview.close()
    assert stored() == [preset.preview.name]


def test_a_lost_preview_is_asked_for_again_but_not_every_ten_seconds(
    bounce: Preset, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert previews.request_stale() == 1
        assert previews.request_stale() == 0
    assert [message.args for message in django_rq.get_queue("bulk").jobs] == [("bounce",)]
    assert previews.stale_previews() == []
    Preset.objects.update(preview_requested_at=timezone.now() - PREVIEW_TIMEOUT - timedelta(seconds=1))
    assert previews.stale_previews() == [bounce]
    previews.store_preview(Preset.objects.get(), b"drawn")
    assert previews.stale_previews() == []
