from __future__ import annotations

import time

import numpy as np

from animations.finish.draw import finish_frames
from animations.finish.options import Caption, Finish, Outline, Shadow
from tests.finish.images import disc, finished

MOST_SECONDS = 0.15


def test_a_plain_finish_leaves_the_frames_as_they_are() -> None:
    frames = [disc(64, 20), disc(64, 30)]
    assert all(one is other for one, other in zip(finished(frames, Finish()), frames, strict=True))


def test_a_loop_in_which_nothing_shows_is_left_as_it_is() -> None:
    empty = np.zeros((64, 64, 4), np.uint8)
    assert finished([empty], Finish(caption=Caption("Hi")))[0] is empty


def test_frames_are_taken_one_by_one() -> None:
    taken: list[int] = []

    def frames() -> object:
        for index in range(3):
            taken.append(index)
            yield disc(64, 20)

    drawn = finish_frames(frames, Finish(outline=Outline()), lambda width, height: (width, height))  # type: ignore[arg-type]
    del taken[:]
    next(drawn)
    assert taken == [0]


def test_twelve_frames_of_256_px_take_at_most_150_ms() -> None:
    frames = [disc(256, 90 + step) for step in range(12)]
    finish = Finish(outline=Outline(), shadow=Shadow(), caption=Caption("Jump", arc=0.5))
    spent = []
    for _ in range(3):
        began = time.process_time()
        assert len(finished(frames, finish)) == 12
        spent.append(time.process_time() - began)
    assert min(spent) <= MOST_SECONDS
