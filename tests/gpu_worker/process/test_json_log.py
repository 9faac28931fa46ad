from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from gpu_worker.process.json_log import CURRENT_JOB, log_event, log_exception
from tests.gpu_worker.endpoint_process import ROOT


@pytest.fixture(autouse=True)
def captured_log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="gpu_worker")
    return caplog


def test_a_line_has_the_event_the_job_and_the_fields(captured_log: pytest.LogCaptureFixture) -> None:
    before = CURRENT_JOB.set("job\n7")
    log_event("job", frames=3)
    CURRENT_JOB.reset(before)
    log_event("ready", seconds=1.5)
    assert [json.loads(record.message) for record in captured_log.records] == [
        {"event": "job", "id": "job\n7", "frames": 3},
        {"event": "ready", "seconds": 1.5},
    ]
    assert "\n" not in captured_log.records[0].message


def test_a_failure_is_one_line_with_the_end_of_its_traceback(captured_log: pytest.LogCaptureFixture) -> None:
    try:
        raise RuntimeError("x" * 9_000 + " the cause")
    except RuntimeError:
        log_exception("frame failed", frames=1)
    (record,) = captured_log.records
    line = json.loads(record.message)
    assert record.levelname == "ERROR"
    assert line["event"] == "frame failed"
    assert line["trace"].endswith("the cause\n")
    assert len(line["trace"]) == 4_000


def test_lines_go_to_stdout_as_they_are() -> None:
    code = "from gpu_worker.process.json_log import *; configure_logging(); log_event('ready')"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=20, check=True)
    assert ended.stdout == b'{"event": "ready"}\n'
