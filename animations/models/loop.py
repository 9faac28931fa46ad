"""The loop that a project shows: its chosen frames in order, as files and times."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from animations.models.project import Project


@dataclass(frozen=True, slots=True)
class Loop:
    """The stored cutouts of the chosen frames, how long each stays (ms), and which frame of the project each is."""

    files: tuple[str, ...]
    delays_ms: tuple[int, ...]
    indices: tuple[int, ...]
    unfinished: tuple[int, ...] = ()
    """Frames without a picture, by index."""

    @property
    def digest(self) -> str:
        """What two loops share only if they show the same: files are named by what they hold."""
        return hashlib.sha256(json.dumps([self.files, self.delays_ms]).encode()).hexdigest()


def chosen_loop(project: Project) -> Loop:
    """Read the loop of the current take; it is empty when no frame is finished.

    A frame without a picture lends its time to the one before; one at the start, to the last.
    """
    files: list[str] = []
    delays: list[int] = []
    finished: list[int] = []
    unfinished: list[int] = []
    early = 0
    for frame in project.current_frames().select_related("chosen"):
        (unfinished if frame.chosen is None else finished).append(frame.index)
        if frame.chosen is not None:
            files.append(str(frame.chosen.cutout))
            delays.append(frame.delay_ms)
        elif delays:
            delays[-1] += frame.delay_ms
        else:
            early += frame.delay_ms
    if delays:
        delays[-1] += early
    return Loop(tuple(files), tuple(delays), tuple(finished), tuple(unfinished))
