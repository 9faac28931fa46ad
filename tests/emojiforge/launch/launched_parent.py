"""A parent like that of `make run`, with small children: run by test_end.py as a process that it can kill.

`python -m tests.emojiforge.launch.launched_parent DATA_DIR MARK SCRIPT…`
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from emojiforge.launch.__main__ import start_reaper
from emojiforge.launch.reaper import MARK
from emojiforge.launch.run_file import RunFile
from emojiforge.launch.supervisor import Program, Supervisor


def main(data_dir: Path, mark: str, scripts: list[str]) -> None:
    run_file = RunFile(data_dir)
    run_file.claim()
    reaper, pipe = start_reaper(run_file, mark)
    supervisor = Supervisor({**os.environ, MARK: mark}, data_dir / "logs")
    supervisor.listen_to_signals()
    for script in scripts:
        supervisor.start(Program(Path(script).stem, (sys.executable, "-I", script)))
    run_file.publish({"REDIS_URL": "redis://here"})
    while not supervisor.stopping:
        supervisor.run_once(10.0)
    supervisor.stop(grace=0.5)
    os.close(pipe)
    reaper.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
