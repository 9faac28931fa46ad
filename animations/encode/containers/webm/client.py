"""The client of the child process that has FFmpeg: it is started when it is needed first, and ended with this one."""

import atexit
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import RLock
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[4]
CHILD: Final = "animations.encode.containers.webm.child"
SECONDS: Final = 180.0
"""For sixty frames of noise at 512 px, which take 10, on a machine that does a dozen other things beside."""
POLL_SECONDS: Final = 0.1
MMAP_FROM: Final = 1 << 17
"""Bytes: what one encoder has freed is given back, and not kept beside what the next one takes (30 MB at 512 px)."""


class CodecError(Exception):
    """The video could not be written or read, or that took too long."""


class Client:
    """One child for one job after the other: to start it takes as long as a small video. `lock` it meanwhile."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.prepared = ""
        """Says which frames it keeps."""
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the child answers to `job`. Raises `CodecError`; then the next job has a new child."""
        try:
            found: dict[str, Any] = json.loads(self._ask(json.dumps(job).encode()))
        except (OSError, ValueError) as error:
            self.stop()
            raise CodecError("WebM could not be written or read.") from error
        except BaseException:
            self.stop()  # its answer would be taken for that to the next job
            raise
        return found

    def _ask(self, line: bytes) -> bytes:
        """Send a line and return the answer, which is empty where there is none in time, or the child is gone."""
        process = self._process = self._process or _start()
        assert process.stdin
        assert process.stdout
        process.stdin.write(line + b"\n")
        process.stdin.flush()
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:  # in parts: an exception that cancels this job waits for a call into C
            if select.select([process.stdout], [], [], min(SECONDS, POLL_SECONDS))[0]:
                return process.stdout.readline()
        return b""

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self._process, self.prepared = self._process, None, ""
        if process is not None:
            process.kill()
            process.communicate()

    def forget(self) -> None:
        """Leave the process to the parent: called in a fork of it."""
        self.lock, self._process, self.prepared = RLock(), None, ""


def _start() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  our own interpreter and module
        [sys.executable, "-E", "-s", "-m", CHILD],
        cwd=ROOT,
        env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": str(MMAP_FROM)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


CLIENT: Final = Client()
os.register_at_fork(after_in_child=CLIENT.forget)
atexit.register(CLIENT.stop)
