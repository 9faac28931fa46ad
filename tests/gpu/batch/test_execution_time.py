"""What is learned from calls that have ended."""

from __future__ import annotations

import pytest

from gpu.batch.execution_time import (
    COLD_START,
    HALF_LIFE,
    PESSIMISM,
    Sample,
    Timing,
    is_prior,
    learn,
    pessimistic,
    prior,
    size_class,
)

NOW = 1_800_000_000.0


def taught(known: Timing, calls: list[tuple[int, float]], now: float = NOW) -> Timing:
    for frames, milliseconds in calls:
        known = learn(known, Sample(frames, milliseconds), now)
    return known


def test_a_call_takes_its_overhead_and_its_frames() -> None:
    assert Timing(50.0, 100.0).seconds(30) == pytest.approx(1.6)


def test_the_first_call_on_a_slow_machine_corrects_the_prior() -> None:
    found = taught(prior("rembg"), [(30, 90_000.0)])
    assert found.per_frame_ms == pytest.approx(3000, rel=0.02)
    assert (found.samples, found.updated_at) == (1.0, NOW)


def test_both_figures_are_found_from_calls_of_different_sizes() -> None:
    calls = [(frames, 80 + 40 * frames) for frames in (1, 30, 2, 20, 1, 10, 3, 30, 1, 15)] * 3
    found = taught(prior("rembg"), [(frames, float(took)) for frames, took in calls])
    assert [found.seconds(frames) for frames in (10, 30)] == pytest.approx([0.48, 1.28], rel=0.12)
    assert found.per_frame_ms == pytest.approx(40, rel=0.15)


def test_one_straggler_moves_the_estimate_no_further_than_its_own_length() -> None:
    steady = Timing(50.0, 100.0, samples=3.0, updated_at=NOW)
    hit = taught(steady, [(10, 60_000.0)])
    assert hit.seconds(10) == pytest.approx(0.6 + 0.6 / 4, rel=0.01)


def test_early_samples_are_believed_whatever_they_say() -> None:
    assert taught(Timing(50.0, 100.0, samples=1.0, updated_at=NOW), [(10, 60_600.0)]).seconds(10) > 30


def test_old_knowledge_yields_to_the_first_new_call() -> None:
    known = Timing(50.0, 100.0, samples=8.0, updated_at=NOW)
    soon = taught(known, [(10, 1100.0)], NOW + 1)
    late = taught(known, [(10, 1100.0)], NOW + 10 * HALF_LIFE)
    assert soon.seconds(10) == pytest.approx(0.6 + 0.5 / 9, rel=0.01)
    assert late.seconds(10) == pytest.approx(1.1, rel=0.02)


def test_a_faster_machine_is_followed_within_a_few_dozen_calls() -> None:
    known = Timing(3000.0, 100.0, samples=500.0, updated_at=NOW)
    assert taught(known, [(10, 600.0)] * 40).seconds(10) < 0.9


def test_a_cold_start_is_learned_as_a_call_of_no_frames() -> None:
    found = taught(prior(COLD_START), [(0, 5_000.0), (0, 7_000.0)])
    assert found.per_frame_ms == 0.0
    assert found.per_call_ms == pytest.approx(6_000.0)


def test_a_sample_that_makes_no_sense_changes_nothing() -> None:
    known = prior("sam")
    assert taught(known, [(-1, 100.0), (3, 0.0), (3, -5.0)]) == known


def test_estimates_stay_above_nothing() -> None:
    found = taught(Timing(50.0, 100.0), [(30, 1.0)] * 5)
    assert found.per_frame_ms >= 1
    assert found.per_call_ms >= 1


def test_every_task_has_a_prior() -> None:
    assert prior("rembg").per_frame_ms < prior("something new").per_frame_ms
    assert prior(COLD_START).seconds(0) > 5


@pytest.mark.parametrize(
    ("width", "height", "side"),
    [(1, 1, "256"), (256, 100, "256"), (257, 10, "512"), (600, 1000, "1024"), (9000, 1, "2048")],
)
def test_frames_are_classed_by_their_longest_side(width: int, height: int, side: str) -> None:
    assert size_class(width, height) == side


def test_a_guess_is_planned_with_as_much_slower_and_what_was_measured_as_it_is() -> None:
    guess = prior("rembg")
    assert is_prior(guess)
    assert pessimistic(guess) == Timing(guess.per_frame_ms * PESSIMISM, guess.per_call_ms)
    measured = learn(guess, Sample(4, 9000.0), NOW)
    assert not is_prior(measured)
    assert pessimistic(measured) is measured
