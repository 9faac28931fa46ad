"""Tempo in whole cycles: what is slow lengthens the frames, and what is not makes more cycles meanwhile."""

import math
from dataclasses import replace

from animations.motion.recipe import TEMPOS, Layer

_MAX_PACE = 4


def assign_paces(layers: tuple[Layer, ...], tempi: tuple[float, ...]) -> tuple[tuple[Layer, ...], float]:
    """Give each layer its pace and return the recipe's tempo, for the time factor of each (1 is its usual time).

    Paces are whole and rounded up, so that whoever asked for "very fast" beside another motion is not given "fast"; a
    layer without a tempo of its own keeps its usual time exactly.
    """
    slowest = max(tempi)
    paces = tuple(_pace(slowest, tempo) for tempo in tempi)
    usual = next((pace for pace, tempo in zip(paces, tempi, strict=True) if tempo == 1), None)
    tempo = slowest if usual is None else float(usual)
    paced = tuple(replace(layer, pace=pace) for layer, pace in zip(layers, paces, strict=True))
    return paced, min(TEMPOS[1], max(TEMPOS[0], tempo))


def _pace(slowest: float, tempo: float) -> int:
    if tempo == slowest:
        return 1
    return min(_MAX_PACE, max(2, math.ceil(slowest / tempo)))
