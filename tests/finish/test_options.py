from __future__ import annotations

import pytest

from animations.finish.options import Caption, Finish, Outline, Placement, Shadow, read_finish


@pytest.mark.parametrize(
    "finish",
    [
        Finish(),
        Finish(outline=Outline()),
        Finish(Placement("cover", 2.0, 0.1, -0.1, flip=True, ground=0.9)),
        Finish(Placement(), Outline(0.05, "#00ff00"), Shadow(blur=0.0), Caption("Hi", stroke=None)),
    ],
)
def test_a_finish_is_the_same_after_json(finish: Finish) -> None:
    assert read_finish(finish.to_json()) == finish


def test_what_is_as_by_default_is_not_written() -> None:
    assert Finish().to_json() == {}
    assert set(Finish(outline=Outline()).to_json()) == {"outline"}


def test_null_is_the_same_as_left_out() -> None:
    assert read_finish({"placement": None, "outline": None, "caption": {"text": "Hi"}}) == Finish(
        caption=Caption("Hi")
    )
