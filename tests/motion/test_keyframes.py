import math

import pytest

from animations.motion.keyframes import Channel, Key, channel, full_turn_channel, sample, tremble, tremble_channel


def test_a_channel_is_built_from_plain_tuples() -> None:
    assert channel("y", (0, 1), (0.5, 2, "linear")) == Channel("y", (Key(0, 1), Key(0.5, 2, "linear")))


def test_a_value_between_two_keys_follows_the_easing_of_the_first() -> None:
    track = channel("x", (0, 0, "linear"), (0.5, 10, "ease-in-quad"))
    assert sample(track, 0.25, "ease-in-cubic") == pytest.approx(5)
    assert sample(track, 0.75, "ease-in-cubic") == pytest.approx(10 - 10 * 0.25)


def test_the_last_key_leads_round_to_the_first() -> None:
    track = channel("x", (0.25, 1), (0.75, -1))
    assert sample(track, 0, "linear") == pytest.approx(0)
    assert sample(track, 0.99, "linear") == pytest.approx(-0.04)
    assert sample(track, 1.25, "linear") == sample(track, 0.25, "linear") == sample(track, -0.75, "linear") == 1


def test_a_turning_channel_goes_on_by_a_whole_turn_each_cycle() -> None:
    assert [sample(full_turn_channel("turn"), u, "linear") for u in (0, 0.25, 1, 1.5)] == [0, 90, 360, 540]


def test_a_tremble_repeats_and_differs_by_seed() -> None:
    track = tremble_channel("x", 2.0)
    assert sample(track, 0.3, "linear", 5) == pytest.approx(2 * tremble(0.3, 5))
    assert tremble(0.3, 5) == pytest.approx(tremble(1.3, 5))
    assert tremble(0.3, 5) != tremble(0.3, 6)
    assert tremble(0.3, 5) != tremble(0.3, 5, lag=0.25)
    assert max(abs(tremble(i / 50, seed)) for i in range(50) for seed in range(9)) <= 0.85


def test_channels_a_quarter_apart_tremble_at_a_steady_speed() -> None:
    for seed in range(20):
        x = [tremble(i / 12, seed) for i in range(13)]
        y = [tremble(i / 12, seed, 0.25) for i in range(13)]
        steps = sorted(math.hypot(x[i + 1] - x[i], y[i + 1] - y[i]) for i in range(12))
        assert steps[-1] < 2 * steps[6]
