"""Named easings: how a value travels from 0 to 1.

The names are those of CSS (`ease`, `ease-in` …) and of Robert Penner's equations in their CSS spelling
(`ease-out-quad`, `ease-in-out-back` …), so that a designer can carry numbers over from a style sheet.
"""

import math
from collections.abc import Callable

Curve = Callable[[float], float]

_OVERSHOOT = 1.70158  # Penner's constant: `back` passes its goal by a tenth.

# A ball that falls and rebounds three times, each rebound half as long and a quarter as high:
# where each arc ends, where its middle lies (both in 1/2.75 of the time) and how far below the start its top is.
_ARCS = ((1.0, 0.0, 0.0), (2.0, 1.5, 0.75), (2.5, 2.25, 0.9375), (2.75, 2.625, 0.984375))


def _bezier(x1: float, y1: float, x2: float, y2: float) -> Curve:
    """Build a CSS `cubic-bezier()`: solve x(s) = x by halving, answer y(s)."""

    def along(a: float, b: float, s: float) -> float:
        return 3 * a * s * (1 - s) ** 2 + 3 * b * s * s * (1 - s) + s**3

    def curve(x: float) -> float:
        low, high = 0.0, 1.0
        for _ in range(30):
            middle = (low + high) / 2
            if along(x1, x2, middle) < x:
                low = middle
            else:
                high = middle
        return along(y1, y2, (low + high) / 2)

    return curve


def _power(n: int) -> Curve:
    return lambda x: float(x**n)


def _sine(x: float) -> float:
    return 1 - math.cos(x * math.pi / 2)


def _expo(x: float) -> float:
    return 0.0 if x <= 0 else float(2 ** (10 * (x - 1)))


def _circ(x: float) -> float:
    return 1 - math.sqrt(max(0.0, 1 - x * x))


def _back(x: float) -> float:
    return x * x * ((_OVERSHOOT + 1) * x - _OVERSHOOT)


def _elastic(x: float) -> float:
    return float(-(2 ** (10 * (x - 1))) * math.sin((x - 1.075) * 2 * math.pi / 0.3))


def _fall(x: float) -> float:
    _, middle, floor = next((arc for arc in _ARCS if x * 2.75 < arc[0]), _ARCS[-1])
    return (x * 2.75 - middle) ** 2 + floor


def _out(curve: Curve) -> Curve:
    return lambda x: 1 - curve(1 - x)


def _in_out(curve: Curve) -> Curve:
    return lambda x: curve(2 * x) / 2 if x < 0.5 else 1 - curve(2 - 2 * x) / 2


def _all() -> dict[str, Curve]:
    accelerating: dict[str, Curve] = {
        "sine": _sine,
        "quad": _power(2),
        "cubic": _power(3),
        "quart": _power(4),
        "quint": _power(5),
        "expo": _expo,
        "circ": _circ,
        "back": _back,
        "elastic": _elastic,
        "bounce": _out(_fall),
    }
    named: dict[str, Curve] = {
        "linear": lambda x: x,
        "ease": _bezier(0.25, 0.1, 0.25, 1),
        "ease-in": _bezier(0.42, 0, 1, 1),
        "ease-out": _bezier(0, 0, 0.58, 1),
        "ease-in-out": _bezier(0.42, 0, 0.58, 1),
    }
    for name, curve in accelerating.items():
        named[f"ease-in-{name}"] = curve
        named[f"ease-out-{name}"] = _out(curve)
        named[f"ease-in-out-{name}"] = _in_out(curve)
    return named


_CURVES = _all()

EASINGS: frozenset[str] = frozenset(_CURVES)


def ease(name: str, x: float) -> float:
    """Return the progress of the easing `name` at the share `x` of its time (0 to 1; `back`, `elastic` overshoot).

    It is exactly 0 at and before the start and exactly 1 at and after the end, so that keyframes meet.
    Raises KeyError for a name not in EASINGS.
    """
    curve = _CURVES[name]
    if x <= 0:
        return 0.0
    return 1.0 if x >= 1 else curve(x)
