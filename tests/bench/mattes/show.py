"""How good the refine tools are on drawings whose alpha is known, and how long each takes, beside the targets."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any, Final

import cv2
import numpy as np

from animations.imaging import png
from animations.imaging.arrays import Alpha, Picture
from animations.matte.compose import compose_cutout
from animations.matte.keying import key_white
from animations.matte.layers import CannotRefine, Layers
from animations.matte.levels import apply_levels
from animations.matte.pockets import find_pockets, open_pocket
from animations.matte.specks import drop_specks
from animations.matte.sure_holes import open_sure_holes
from animations.matte.tools.apply import Hints, apply_tool
from animations.matte.tools.brush import brush
from animations.matte.tools.taps import cut_by_taps
from tests.bench.local import PYTHON, ROOT
from tests.bench.mattes import propagation
from tests.bench.mattes.damage import closed_hole, error, fill_holes, gap, leak, stroke_along_leak, worst_place
from tests.bench.mattes.images import SIDE, Example, on_white, over_photos

MENDED: Final = 0.2
"""Of the error before: with no more left, a region is mended."""
ROUNDS: Final = 40
LIMIT_MS: Final = 300


class Rows:
    """The table: each row's figure beside its target."""

    def __init__(self) -> None:
        self.missed = 0

    def add(self, name: str, figure: float, target: float | None = None, *, at_least: bool = False) -> None:
        met = target is None or (figure >= target if at_least else figure <= target)
        self.missed += not met
        wanted = "" if target is None else f"{'≥' if at_least else '≤'} {target:g}"
        sys.stdout.write(f"{name:66} {figure:9.2f}  {wanted:8} {'' if met else 'MISSED'}\n")


def show(count: int = 200) -> int:
    """Print the table; return 1 if a target is missed."""
    cv2.setNumThreads(1)
    rows = Rows()
    white(rows, count)
    examples = list(over_photos(min(count, 48)))
    photos(rows, examples[:24])
    taps(rows, examples)
    strokes(rows, examples)
    times(rows, examples)
    propagation.show(rows)
    return 1 if rows.missed else 0


def white(rows: Rows, count: int) -> None:
    """Key drawings on white, with the holes that surely are; then tap each hole that is left, once."""
    found, eaten, tapped = [], [], []
    for example in on_white(count):
        keyed = compose_cutout("white", example.rgb, key_white(example.rgb), None)
        cutout, _ = open_sure_holes(example.rgb, keyed, find_pockets(example.rgb, keyed[..., 3]))
        alpha = np.ascontiguousarray(cutout[..., 3])
        found.append(error(alpha, example.truth))
        solid = example.truth >= 250
        eaten.append(100 * float((alpha[solid] < 128).mean()))
        tapped.append(error(_tap_holes(example, cutout), example.truth))
    rows.add(f"white, {len(found)} drawings: median MAD ×1e3", median(found), 1.2)
    rows.add("white: % of the subject eaten, mean", mean(eaten), 0.5)
    rows.add("white: mean MAD ×1e3", mean(found), 4.5)
    rows.add("white: mean MAD ×1e3 after one tap on each hole that is left", mean(tapped))


def _tap_holes(example: Example, cutout: Picture, taps: int = 8) -> Alpha:
    for _ in range(taps):
        hole = closed_hole(cutout[..., 3], example.truth)
        if hole is None:
            break
        try:
            cutout = open_pocket(cutout, hole)
        except CannotRefine:
            break
    return np.ascontiguousarray(cutout[..., 3])


def photos(rows: Rows, examples: Sequence[Example]) -> None:
    """Tap once where the default engine's matte is most wrong."""
    mattes = _default_mattes(examples)
    before = [error(alpha, example.truth) for alpha, example in zip(mattes, examples, strict=True)]
    after = [
        error(_tapped(example, alpha, 1), example.truth) for alpha, example in zip(mattes, examples, strict=True)
    ]
    rows.add(f"rembg over {len(examples)} photos: mean MAD ×1e3", mean(before))
    rows.add("the same after one tap on the worst place", mean(after), mean(before) / 2)


def _default_mattes(examples: Sequence[Example]) -> list[Alpha]:
    with tempfile.TemporaryDirectory() as folder:
        for number, example in enumerate(examples):
            (Path(folder) / f"{number:02}.png").write_bytes(png.write(example.rgb))
        subprocess.run([PYTHON, "-m", "tests.bench.mattes.isnet", folder], cwd=ROOT, check=True)
        found = [png.read(path.read_bytes()) for path in sorted(Path(folder).glob("*.alpha.png"))]
    return [drop_specks(apply_levels(alpha)) for alpha in found]


def _tapped(example: Example, alpha: Alpha, taps: int) -> Alpha:
    for _ in range(taps):
        place = worst_place(alpha, example.truth)
        if place is None:
            break
        (x, y), missing = place
        layers = Layers(example.rgb, None, _cut(example, alpha), "rembg")
        alpha = np.ascontiguousarray(cut_by_taps(layers, [[x, y, int(missing)]], None)[..., 3])
    return alpha


def _cut(example: Example, alpha: Alpha) -> Any:
    return compose_cutout("rembg", example.rgb, alpha, None)


def taps(rows: Rows, examples: Sequence[Example]) -> None:
    """Mend leaks and filled holes by at most two taps where the error is largest, and gaps by one."""
    random_number = np.random.default_rng(1)
    leaks = [(example, leak(example.truth, random_number)) for example in examples]
    holes = [(example, filled) for example in examples if (filled := fill_holes(example.truth)) is not None]
    gaps = [(example, gap(example.truth, random_number)) for example in examples]
    for name, damaged, count, target in (("leaks", leaks, 2, 97), ("pockets", holes, 2, 90), ("gaps", gaps, 1, 95)):
        left = [
            error(_tapped(example, alpha, count), example.truth) / error(alpha, example.truth)
            for example, alpha in damaged
        ]
        mended = 100 * mean(share <= MENDED for share in left)
        rows.add(f"{len(left)} {name}, taps: {count}: % mended", mended, target, at_least=True)
        rows.add(f"{name}: median % of the error left", 100 * median(left), 100 * MENDED)


def strokes(rows: Rows, examples: Sequence[Example]) -> None:
    """Erase a leak by one stroke of 40 px along it."""
    random_number = np.random.default_rng(3)
    left = []
    for example in examples:
        damaged = stroke_along_leak(example.truth, random_number)
        if damaged is None:
            continue
        layers = Layers(example.rgb, None, _cut(example, damaged.alpha), "rembg")
        after = brush(layers, damaged.stroke, "erase")[..., 3]
        left.append(error(after, example.truth, damaged.region) / error(damaged.alpha, example.truth, damaged.region))
    lowered = 100 * mean(share <= MENDED for share in left)
    rows.add(f"{len(left)} leaks, one stroke: % lowered by 80 % or more", lowered, 95, at_least=True)
    rows.add("the same: mean % of the region's error left", 100 * mean(left), 100 * MENDED)


def times(rows: Rows, examples: Sequence[Example]) -> None:
    """Measure each tool from stored files to stored files, at 512 px."""
    for name, options, hints in _requests():
        found = [_milliseconds(examples[turn % len(examples)], options, hints) for turn in range(ROUNDS)]
        rows.add(f"{name}, {SIDE} px: ms, p95 of {ROUNDS}", float(np.percentile(found, 95)), LIMIT_MS)


def _requests() -> list[tuple[str, dict[str, Any], Hints]]:
    stroke = np.zeros((SIDE, SIDE), np.uint8)
    cv2.line(stroke, (150, 250), (350, 260), 255, 24, cv2.LINE_AA)
    middle = {"x": SIDE // 2, "y": SIDE // 2}
    return [
        ("points", {"tool": "points", "points": [[60, 60, 1]], "box": None}, Hints()),
        ("box", {"tool": "points", "points": [], "box": [50, 50, 460, 460]}, Hints()),
        ("brush", {"tool": "brush", "mode": "erase"}, Hints(stroke)),
        ("pocket open", {"tool": "pocket", "mode": "open", **middle}, Hints()),
        ("pocket fill", {"tool": "pocket", "mode": "fill", "x": 5, "y": 5}, Hints()),
        ("edge", {"tool": "edge", "shift": 3.5, "feather": 4, "decontaminate": True}, Hints()),
        ("effects", {"tool": "effects", "x": None, "y": None}, Hints()),
        ("white", {"tool": "white", "tolerance": None}, Hints()),
    ]


def _milliseconds(example: Example, options: dict[str, Any], hints: Hints) -> float:
    """Measure the processor's time of one request: the files read, the tool applied, the new files written."""
    rgb = _laid_on_white(example) if options["tool"] == "white" else example.rgb
    picture, stored = png.write(rgb), png.write(_cut(Example(rgb, example.truth), example.truth))
    begun = time.process_time()
    layers = Layers.of(png.read(picture), png.read(stored), "rembg")
    try:
        cutout = apply_tool(layers, options, hints)
    except CannotRefine:
        cutout = layers.cutout
    png.write(np.ascontiguousarray(cutout[..., 3]))
    png.write(cutout)
    return 1e3 * (time.process_time() - begun)


def _laid_on_white(example: Example) -> Any:
    part = example.truth[..., None].astype(np.float32) / 255
    return np.rint(example.rgb * part + 255 * (1 - part)).astype(np.uint8)
