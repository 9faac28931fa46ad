from __future__ import annotations

import time

import pytest

from gpu.clock import SystemClock


async def test_the_clock_of_this_machine_tells_unix_time_and_sleeps() -> None:
    clock = SystemClock()
    before = clock.now()
    assert before == pytest.approx(time.time(), abs=1.0)
    await clock.sleep(0.02)
    assert clock.now() - before >= 0.015
