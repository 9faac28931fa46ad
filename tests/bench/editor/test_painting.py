from __future__ import annotations

import pytest

from tests.bench.editor.painting import describe


@pytest.mark.parametrize(
    ("gaps", "is_missed"),
    [
        ([16.7] * 149, False),
        ([16.7] * 143 + [33.3] * 6, False),
        ([16.7] * 139 + [33.3] * 10, True),
        ([20.0] * 149, True),
    ],
    ids=["even", "some late", "many late", "slower"],
)
def test_frames_that_come_late_or_too_seldom_miss_the_target(gaps: list[float], is_missed: bool) -> None:
    times = [sum(gaps[:count]) for count in range(len(gaps) + 1)]
    row, missed = describe(times)
    assert missed is is_missed
    assert f"{1e3 / gaps[0]:.1f} frames a second, from one to the next: p50 {gaps[0]:.1f} ms" in row
