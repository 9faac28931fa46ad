from __future__ import annotations

import pytest

from animations.matte.engines import (
    ENGINE_SLUGS,
    GPU_ENGINES,
    MATTE_CHOICES,
    MATTE_OPTIONS,
    Background,
    engine_for,
    engines_for_frames,
    needs_gpu,
)
from gpu.contract import MATTE_TASKS

TRANSPARENT, WHITE, OTHER = Background.TRANSPARENT, Background.WHITE, Background.OTHER


@pytest.mark.parametrize(("background", "engine"), [(TRANSPARENT, "none"), (WHITE, "white"), (OTHER, "rembg")])
def test_auto_chooses_the_engine_by_the_pictures_background(background: Background, engine: str) -> None:
    assert engine_for("auto", background) == engine
    assert engine_for("auto", background.value) == engine


def test_a_chosen_engine_is_used_on_every_background() -> None:
    for engine in ENGINE_SLUGS:
        assert {engine_for(engine, background) for background in Background} == {engine}


@pytest.mark.parametrize(
    ("backgrounds", "engines"),
    [
        ([OTHER, TRANSPARENT, TRANSPARENT], ["rembg", "none", "none"]),
        ([WHITE, TRANSPARENT, WHITE], ["white", "none", "white"]),
        ([WHITE, OTHER, WHITE], ["rembg", "rembg", "rembg"]),
        ([TRANSPARENT], ["none"]),
        ([], []),
    ],
)
def test_frames_that_are_opaque_share_one_engine(backgrounds: list[Background], engines: list[str]) -> None:
    assert engines_for_frames(backgrounds) == engines


def test_an_engine_that_needs_the_gpu_is_a_task_of_its_worker() -> None:
    assert set(GPU_ENGINES) == set(MATTE_TASKS)
    assert [needs_gpu(slug) for slug in ("white", "none", "rembg")] == [False, False, True]


def test_a_projects_matte_is_an_engine_or_auto() -> None:
    assert [slug for slug, _ in MATTE_CHOICES] == ["auto", *ENGINE_SLUGS]
    assert all(option.label and option.hint for option in MATTE_OPTIONS)
