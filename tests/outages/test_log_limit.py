"""An outage is named in the log once a minute, however often it is met."""

from __future__ import annotations

import pytest

from animations import outages


def test_a_line_is_due_at_once_and_then_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    limit = outages.LogLimit()
    due = []
    for now in (1000.0, 1001.0, 1059.9, 1060.0, 1119.9, 1120.0):  # noqa: B007  read by the clock
        due.append(limit.allows())
    assert due == [True, False, False, True, False, True]


def test_the_limits_of_two_logs_do_not_count_each_others_lines() -> None:
    first, second = outages.LogLimit(), outages.LogLimit()
    assert first.allows()
    assert second.allows()
