"""Change emojis as a worker's process does: `python -m tests.bench.load.changes SECONDS A_SECOND < projects`.

Each project in turn is revised and one of its frames chosen anew; a line with the project, its revision and the time
of the commit is written for each.
"""

from __future__ import annotations

import os
import sys
import time
from uuid import UUID

import django


def main() -> int:
    """Run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emojiforge.settings")
    django.setup()
    from animations import events
    from animations.models import Candidate, Frame

    seconds, rate = float(sys.argv[1]), float(sys.argv[2])
    projects = [UUID(line) for line in sys.stdin.read().split()]
    frames = [Frame.objects.filter(project=project, index=0).get() for project in projects]
    chosen = [Candidate.objects.filter(frame=frame).order_by("ordinal")[0] for frame in frames]
    begun = time.monotonic()
    for number in range(int(seconds * rate)):
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        revision, at = _change(frames[number % len(frames)], chosen[number % len(frames)])
        sys.stdout.write(f"{projects[number % len(frames)]} {revision} {at}\n")
    events.flush()
    return 0


def _change(frame: object, candidate: object) -> tuple[int, float]:
    from animations.models import Candidate, Frame
    from animations.models.transitions import revise

    assert isinstance(frame, Frame) and isinstance(candidate, Candidate)
    with revise(frame.project_id) as revision:
        frame.choose(revision, candidate)
    return revision, time.time()


if __name__ == "__main__":
    sys.exit(main())
