"""What a measurement costs: CPU time of web, of the load, and of all other programs of the machine."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import psutil

from tests.memory import peak_bytes

RESET_PEAK: Final = "5"
"""What sets a process' VmHWM back to what it holds now (proc(5), clear_refs)."""


@dataclass(frozen=True)
class CpuTimes:
    """CPU seconds: of each web process, of the load with its finished children, and of everything else."""

    webs: tuple[float, ...]
    load: float
    others: float

    def since(self, before: Self) -> CpuTimes:
        """Return what was spent since."""
        webs = tuple(now - then for now, then in zip(self.webs, before.webs, strict=True))
        return CpuTimes(webs, self.load - before.load, self.others - before.others)

    def in_words(self, seconds: float) -> str:
        """Say which share of a core each took."""
        webs = " + ".join(f"{web / seconds:.0%}" for web in self.webs)
        load, others = f"{self.load / seconds:.0%}", f"{max(0.0, self.others) / seconds:.0%}"
        return f"of a core: web {webs}, the load itself {load}, other programs {others} of {psutil.cpu_count()} cores"


def cpu_spent(product: int) -> CpuTimes:
    """Return the CPU times so far, with the product's parent process given."""
    webs = tuple(_seconds(web) for web in web_processes(product))
    parent = psutil.Process(product)
    whole_product = sum(_seconds(process) for process in (parent, *parent.children(recursive=True)))
    machine = psutil.cpu_times()
    busy = sum(machine) - machine.idle - getattr(machine, "iowait", 0.0)
    load = sum(os.times()[:4])
    return CpuTimes(webs, load, busy - whole_product - load)


def web_processes(product: int) -> list[psutil.Process]:
    """Return the product's web processes."""
    children = psutil.Process(product).children(recursive=True)
    return [child for child in children if "emojiforge.server" in _command(child)]


def web_peaks(product: int) -> list[float]:
    """Return the most megabytes that each web process has held since `reset_web_peaks`."""
    return [peak_bytes(web.pid) / 1e6 for web in web_processes(product)]


def reset_web_peaks(product: int) -> None:
    """Forget what the web processes held before."""
    for web in web_processes(product):
        Path(f"/proc/{web.pid}/clear_refs").write_text(RESET_PEAK)


def decoder_megabytes(product: int) -> float:
    """Return what all processes that decode uploads hold now."""
    sizes = [0]
    for child in psutil.Process(product).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "animations.ingest.decode" in _command(child):
                sizes.append(child.memory_info().rss)
    return sum(sizes) / 1e6


def _seconds(process: psutil.Process) -> float:
    """Return the seconds of a process; 0 of one that has ended meanwhile."""
    try:
        spent = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(spent.user + spent.system)


def _command(process: psutil.Process) -> list[str]:
    """Return the words of its command; none of a process that has ended meanwhile."""
    with suppress(psutil.NoSuchProcess):
        return process.cmdline()
    return []
