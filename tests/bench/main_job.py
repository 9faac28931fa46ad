"""How long the parts of the main job take on one core."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

import cv2
import numpy as np
import numpy.typing as npt

from animations.encode.fit import fit
from animations.encode.platforms import PLATFORMS
from animations.matte.edge import decontaminate_edge
from animations.motion.language.reader import parse_motion
from animations.motion.recipe import variation
from animations.motion.rendering.renderer import Renderer
from animations.motion.vocabulary import MOTIONS
from tests.bench.local import ONE_THREAD, ROOT

Picture = npt.NDArray[np.uint8]
ROUNDS = 5
FRAMES, TRACKS, SIZE = 12, 3, 256


def subject(side: int) -> Picture:
    """Draw a shaded ball with a soft edge, straight RGBA."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side - 0.5
    distance = np.hypot(x, y)
    alpha = np.clip((0.42 - distance) * side, 0, 1)
    shade = np.clip(1 - np.hypot(x + 0.15, y + 0.15), 0, 1)
    colour = np.dstack([230 * shade, 140 * shade, 60 + 0 * shade, 255 * alpha])
    return colour.astype(np.uint8)


def draw_tracks(motion: str) -> list[Picture]:
    """Draw the frames of every track of one motion: what a project of the default options is made of."""
    stage = Renderer(subject(1024), SIZE)
    recipe = parse_motion(MOTIONS[motion].label).recipe
    assert recipe is not None
    tracks = [variation(recipe, k, 7) for k in range(TRACKS)]
    return [stage.render(track, index / FRAMES) for track in tracks for index in range(FRAMES)]


def seconds(work: Callable[[], object]) -> list[float]:
    """Measure the processor seconds of this process, once per round, after one round that does not count."""
    work()
    found = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return found


def row(name: str, found: Sequence[float], note: str = "") -> None:
    sys.stdout.write(f"{name:44} {median(found):8.3f} {min(found):8.3f} {max(found):8.3f}  {note}\n")


def show_in_process() -> None:
    """Print the table, measured in a process that has one thread for everything."""
    command = [sys.executable, "-m", "tests.bench.main_job"]
    subprocess.run(command, cwd=ROOT, env=os.environ | ONE_THREAD, check=True)


def show() -> None:
    """Print the table."""
    cv2.setNumThreads(1)
    sys.stdout.write(f"{'processor seconds, one core':44} {'median':>8} {'min':>8} {'max':>8}\n")
    slowest = max(MOTIONS, key=lambda motion: min(seconds(partial(draw_tracks, motion))[:2]))
    for motion in dict.fromkeys(("bounce", slowest)):
        row(f"{FRAMES} frames × {TRACKS} tracks, {SIZE} px, {motion}", seconds(partial(draw_tracks, motion)))
    picture, delays = subject(2048), [80] * FRAMES
    row(
        "cutout of a 2048 px picture",
        seconds(lambda: decontaminate_edge(picture[..., :3].copy(), picture[..., 3].copy())),
    )
    frames = draw_tracks("bounce")[:FRAMES]
    for slug in ("slack", "discord_emoji", "gif", "apng", "webp"):
        made = fit(frames, delays, PLATFORMS[slug])
        row(
            f"{slug}, {FRAMES} frames",
            seconds(partial(fit, frames, delays, PLATFORMS[slug])),
            f"{len(made.data)} bytes",
        )


if __name__ == "__main__":
    show()
