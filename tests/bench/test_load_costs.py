"""What the bench of the load says beside its times."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil

from tests.bench.load.costs import CpuTimes, cpu_spent

BUSY = "import time\nwhile time.process_time() < 0.6: pass"
"""A tenth more than is asked for: the system counts in hundredths, and may leave some out."""


def test_cpu_time_of_a_program_is_the_loads_once_it_has_ended() -> None:
    quiet = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        before, begun = cpu_spent(quiet.pid), time.monotonic()
        subprocess.run([sys.executable, "-c", BUSY], check=True)
        spent, seconds = cpu_spent(quiet.pid).since(before), time.monotonic() - begun
    finally:
        quiet.kill()
        quiet.wait()
    assert spent.webs == ()
    assert 0.5 <= spent.load <= seconds + 0.1
    assert spent.others <= (psutil.cpu_count() or 1) * seconds + 0.1 - spent.load


def test_shares_are_of_one_core() -> None:
    spent = CpuTimes((1.5, 0.5), 0.1, 3.0).since(CpuTimes((0.5, 0.0), 0.0, 1.0))
    assert spent.in_words(2.0).startswith("of a core: web 50% + 25%, the load itself 5%, other programs 100% of ")
