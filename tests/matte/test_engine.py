from __future__ import annotations

import pytest

from animations.matte.engines import ENGINES, Ground, engine_for, engines_for_frames

TRANSPARENT, WHITE, OTHER = Ground.TRANSPARENT, Ground.WHITE, Ground.OTHER


@pytest.mark.parametrize(("ground", "engine"), [(TRANSPARENT, "none"), (WHITE, "white"), (OTHER, "rembg")])
def test_auto_goes_by_what_the_picture_stands_on(ground: Ground, engine: str) -> None:
    assert engine_for("auto", ground) == engine
    assert engine_for("auto", ground.value) == engine


def test_what_was_chosen_is_what_is_used() -> None:
    for engine in ENGINES:
        assert {engine_for(engine, ground) for ground in Ground} == {engine}


@pytest.mark.parametrize(
    ("grounds", "engines"),
    [
        ([OTHER, TRANSPARENT, TRANSPARENT], ["rembg", "none", "none"]),
        ([WHITE, TRANSPARENT, WHITE], ["white", "none", "white"]),
        ([WHITE, OTHER, WHITE], ["rembg", "rembg", "rembg"]),
        ([TRANSPARENT], ["none"]),
        ([], []),
    ],
)
def test_frames_that_are_opaque_share_one_engine(grounds: list[Ground], engines: list[str]) -> None:
    assert engines_for_frames(grounds) == engines
