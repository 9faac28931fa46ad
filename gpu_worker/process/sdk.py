"""RunPod's SDK, without a second that its import would add to each cold start."""

from __future__ import annotations

import platform
from types import ModuleType


def load() -> ModuleType:
    """The package `runpod`.

    When it is imported it asks py-cpuinfo for the processor's name, for a debugger's output that nobody here reads;
    py-cpuinfo looks by a child process that takes more than a second. It is told the machine's name instead.
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
