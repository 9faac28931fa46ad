"""Import RunPod's SDK without the second that its import adds to each cold start."""

from __future__ import annotations

import platform
from types import ModuleType


def load() -> ModuleType:
    """Import and return the package `runpod`.

    Its import asks py-cpuinfo for the processor's name, for a debugger's output that nobody reads here, and
    py-cpuinfo starts a child process that takes more than a second. It is given the machine's name instead.
    """
    import cpuinfo  # noqa: PLC0415 neither is there where only the handler is tested

    ask = cpuinfo.get_cpu_info
    cpuinfo.get_cpu_info = lambda: {"brand_raw": platform.machine()}
    try:
        import runpod  # noqa: PLC0415
    finally:
        cpuinfo.get_cpu_info = ask
    package: ModuleType = runpod
    return package
