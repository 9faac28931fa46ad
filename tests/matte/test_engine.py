from __future__ import annotations

from animations.matte.engine import ENGINES, engine_for


def test_auto_keeps_a_pictures_own_transparency_and_asks_rembg_without_one() -> None:
    assert engine_for("auto", has_alpha=False) == "rembg"
    assert engine_for("auto", has_alpha=True) == "none"


def test_what_was_chosen_is_what_is_used() -> None:
    for engine in ENGINES:
        assert engine_for(engine, has_alpha=True) == engine_for(engine, has_alpha=False) == engine
