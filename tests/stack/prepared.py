"""A data directory as a first start leaves it, previews and all: `python -m tests.stack.prepared`, given `DATA_DIR`.

Several products run in one run of the tests; to start them one after another on a copy takes the machine less time.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from emojiforge.launch import prepare
from tests.stack.product import ROOT


def prepared(run: Path) -> Path:
    """Return the data directory that the processes of one run share and copy; `run` is the folder of that run."""
    made, making = run / "prepared", run / "prepared.making"
    with (run / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            environment = os.environ | {"DATA_DIR": str(making)}
            subprocess.run([sys.executable, "-m", __name__], cwd=ROOT, env=environment, check=True, timeout=120)
            making.rename(made)
    return made


def main() -> int:
    status = prepare.main()
    from animations.models import Preset
    from animations.work.preset_previews import draw_preview

    for slug in Preset.objects.values_list("slug", flat=True):
        draw_preview(slug)
    return status


if __name__ == "__main__":
    sys.exit(main())
