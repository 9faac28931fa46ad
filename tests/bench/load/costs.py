"""What a measurement costs: CPU time of web, of the load, and of all other programs of the machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Self

import psutil


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
    return [child for child in children if "emojiforge.server" in child.cmdline()]


def web_megabytes(product: int) -> list[float]:
    """Return the resident memory of each web process."""
    return [web.memory_info().rss / 1e6 for web in web_processes(product)]


def _seconds(process: psutil.Process) -> float:
    """Return the seconds of a process; 0 of one that has ended meanwhile."""
    try:
        spent = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(spent.user + spent.system)
