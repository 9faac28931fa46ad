from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil

from tests.gpu_worker.endpoint_process import ROOT
from tests.processes import has_exited

WORKER = """
import os, time
from gpu_worker.process import parent_death
parent_death.end_with_parent_if_asked()
pinger = os.fork()
if pinger:
    print(os.getpid(), pinger, flush=True)
time.sleep(60)
"""
PARENT = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1]], env=dict(os.environ, WORKER_PARENT_PID=str(os.getpid())))
time.sleep(60)
"""


def test_a_worker_and_what_it_forked_end_with_a_killed_parent() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, WORKER], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as parent:
        assert parent.stdout is not None
        family = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        assert len(family) == 2
        parent.kill()
        for process in family:
            # Their end closes the last writer of the pipe; `wait` polls until the process is gone.
            try:
                process.wait(timeout=5)
            except psutil.TimeoutExpired:
                assert has_exited(process)


def test_a_worker_whose_parent_has_died_already_ends_at_once() -> None:
    stranger = os.getpid() + 1
    ended = subprocess.run(
        [sys.executable, "-c", WORKER], env=os.environ | {"WORKER_PARENT_PID": str(stranger)}, cwd=ROOT, timeout=10
    )
    assert ended.returncode == -signal.SIGKILL


def test_a_worker_without_the_variable_runs_on_its_own() -> None:
    env = {key: value for key, value in os.environ.items() if key != "WORKER_PARENT_PID"}
    code = "from gpu_worker.process import parent_death; parent_death.end_with_parent_if_asked(); print('alive')"
    ended = subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, timeout=10, capture_output=True)
    assert ended.stdout == b"alive\n"
