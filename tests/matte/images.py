"""Pictures whose true alpha and colour are known, because they are drawn here."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]


@dataclass
class GroundTruth:
    """A foreground colour (H×W×3) and its alpha in [0,1] (H×W)."""

    colour: Grey
    alpha: Grey

    def on(self, background: tuple[int, int, int]) -> Picture:
        part = self.alpha[..., None]
        behind = np.array(background, np.float32)
        return np.rint(self.colour * part + behind * (1 - part)).astype(np.uint8)

    @property
    def alpha8(self) -> Picture:
        return np.rint(self.alpha * 255).astype(np.uint8)


def _grid(side: int) -> tuple[Grey, Grey]:
    ys, xs = np.mgrid[:side, :side].astype(np.float32)
    return ys, xs


def shaded(side: int, base: tuple[int, int, int]) -> Grey:
    ys, xs = _grid(side)
    light = 1 - 0.3 * (ys + xs) / (2 * side)
    return (np.array(base, np.float32) * light[..., None]).astype(np.float32)


def disc(side: int = 128, base: tuple[int, int, int] = (200, 60, 40), softness: float = 1.5) -> GroundTruth:
    """Draw a shaded disc whose edge is `softness` px wide to each side."""
    ys, xs = _grid(side)
    distance = np.hypot(xs - side / 2, ys - side / 2)
    alpha = np.clip((side * 0.3 - distance) / (2 * softness) + 0.5, 0, 1)
    return GroundTruth(shaded(side, base), alpha.astype(np.float32))


def glow(side: int = 128, base: tuple[int, int, int] = (60, 180, 90)) -> GroundTruth:
    """Draw a bright disc that fades away over a quarter of the picture."""
    ys, xs = _grid(side)
    distance = np.hypot(xs - side / 2, ys - side / 2)
    alpha = np.clip((side * 0.4 - distance) / (side * 0.25), 0, 1)
    return GroundTruth(shaded(side, base), alpha.astype(np.float32))


def lines(side: int = 128, thickness: float = 1.5) -> GroundTruth:
    """Draw a disc with thin lines beside it that touch nothing, in another colour."""
    truth = disc(side)
    ys, xs = _grid(side)
    alpha = truth.alpha.copy()
    colour = truth.colour.copy()
    for x in (side * 0.08, side * 0.92):
        line = np.clip(thickness + 0.5 - np.abs(xs - x), 0, 1) * (np.abs(ys - side / 2) < side * 0.2)
        alpha = np.maximum(alpha, line).astype(np.float32)
        colour[line > 0] = (30, 40, 160)
    return GroundTruth(colour, alpha)


def white_shirt(side: int = 128) -> GroundTruth:
    """Draw a disc that holds a white square, which no path of white connects to the border."""
    truth = disc(side)
    middle = slice(int(side * 0.4), int(side * 0.6))
    truth.colour[middle, middle] = 255
    return truth


def jpeg(picture: Picture, quality: int = 85) -> Picture:
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.array(Image.open(io.BytesIO(file.getvalue())).convert("RGB"))
