from __future__ import annotations

import platform
import subprocess

from tests.gpu_worker.endpoint_process import PYTHON, ROOT

CODE = """
from gpu_worker.process import sdk
runpod = sdk.load()
import cpuinfo
from runpod.serverless.utils import rp_debugger
print(callable(runpod.serverless.start), cpuinfo.get_cpu_info.__module__, rp_debugger.PROCESSOR)
"""


def test_the_sdk_is_imported_without_a_look_at_the_processor_and_nothing_else_is_changed() -> None:
    ended = subprocess.run([PYTHON, "-c", CODE], cwd=ROOT, timeout=30, capture_output=True, text=True)
    assert ended.stdout.split() == ["True", "cpuinfo.cpuinfo", platform.machine()], ended.stderr
