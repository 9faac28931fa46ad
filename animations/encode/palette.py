"""One palette for all frames: binary splitting along the principal axis, then Lloyd's iterations.

The splitting is Orchard and Bouman, "Color quantization of images" (1991). Distances are taken in a space in which
they equal the error seen on black plus the error seen on white, so that alpha and colour are weighed rightly.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Frame
from animations.imaging.premultiply import unpremultiply

Points = npt.NDArray[np.float32]
Weights = npt.NDArray[np.float64]
Palette = npt.NDArray[np.uint8]

MAX_POINTS = 24_000
LLOYD_ROUNDS = 8
_CHUNK = 2_048
_STRIP = 65_536
_WITHOUT_CARRY = np.uint32(0x7F7F7F7F)  # four bytes shifted right as one number: what fell into the next is dropped


def learn_palette(frames: Iterable[Frame], size: int) -> Palette:
    """Learn the n×4 (n ≤ `size`) straight RGBA palette that shows `frames` (H×W×4 uint8 each) best.

    Entry 0 is transparent and stands for every pixel of alpha 0. Same frames, same palette.
    """
    points, weights = _points(frames)
    if len(points) > size - 1:
        points = _lloyd(points, weights, _split(points, weights, size - 1))
    colours = np.unique(_extract(points), axis=0)
    colours = colours[colours[:, 3] > 0]
    return np.concatenate([np.zeros((1, 4), np.uint8), colours])


def nearest_entries(frame: Frame, palette: Palette) -> npt.NDArray[np.uint8]:
    """Return the H×W indices of `palette` entries nearest to the pixels of `frame` (H×W×4); alpha 0 is index 0."""
    visible = frame[..., 3] > 0
    indices = np.zeros(frame.shape[:2], np.uint8)
    if len(palette) > 1:
        indices[visible] = _nearest(_embed(frame[visible]), _embed(palette[1:])) + 1
    return indices


def exact_palette(frames: Iterable[Frame], size: int) -> Palette | None:
    """Return all colours of `frames` (H×W×4, RGB 0 where alpha is), entry 0 transparent; None if above `size`."""
    found = np.zeros(1, np.uint32)
    for strip in _strips(frames):
        found = np.unique(np.concatenate([found, strip.view(np.uint32).ravel()]))
        if len(found) > size:
            return None
    return found.view(np.uint8).reshape(-1, 4)


def palette_psnr_db(frame: Frame, palette: Palette) -> float:
    """Return the PSNR in dB, on black and white alike, of the visible pixels of `frame` shown with `palette`."""
    visible = frame[..., 3] > 0
    if not visible.any():
        return np.inf
    apart = _embed(frame[visible])
    apart -= _embed(palette)[nearest_entries(frame, palette)[visible]]
    mean_square = float(np.einsum("ij,ij->", apart, apart, dtype=np.float64)) / (6 * len(apart))
    return np.inf if mean_square == 0 else 10 * float(np.log10(255**2 / mean_square))


def _embed(colours: npt.NDArray[np.uint8]) -> Points:
    """Map n×4 straight RGBA to points whose squared distance is the squared error on black plus that on white."""
    points = colours.astype(np.float32)
    colour, alpha = points[:, :3], points[:, 3:]
    colour *= alpha / 255
    colour -= alpha / 2
    points *= np.sqrt(np.array([2, 2, 2, 1.5], np.float32))
    return points


def _extract(points: Points) -> Palette:
    """Invert `_embed`, rounded."""
    alpha = points[:, 3:] / np.float32(1.5**0.5)
    premultiplied = points[:, :3] / np.float32(2**0.5) + alpha / 2
    return unpremultiply(np.concatenate([premultiplied, alpha], axis=1))


def _points(frames: Iterable[Frame]) -> tuple[Points, Weights]:
    """Gather the visible colours of all frames as at most `MAX_POINTS` weighted points (means of small cells)."""
    shift = 2
    codes = np.empty(0, np.uint32)
    sums = np.empty((0, 5))
    for strip in _strips(frames):
        colours, counts = _counted(strip)
        codes, sums = _gathered(
            np.concatenate([codes, _codes(colours, shift)]),
            np.concatenate([sums, np.column_stack([_embed(colours) * counts[:, None], counts])]),
        )
        while len(codes) > MAX_POINTS and shift < 5:
            shift += 1
            codes, sums = _gathered((codes >> np.uint32(1)) & _WITHOUT_CARRY, sums)
    weights = sums[:, 4]
    return (sums[:, :4] / weights[:, None]).astype(np.float32), weights


def _strips(frames: Iterable[Frame]) -> Iterator[Palette]:
    """Yield all pixels, n×4, so few at a time that what is made of them stays small."""
    for frame in frames:
        pixels = np.ascontiguousarray(frame).reshape(-1, 4)
        for start in range(0, len(pixels), _STRIP):
            yield pixels[start : start + _STRIP]


def _counted(pixels: Palette) -> tuple[Palette, Weights]:
    """Return the distinct visible colours of n×4 `pixels`, m×4, and how many of them have each."""
    values, counts = np.unique(pixels.view(np.uint32), return_counts=True)
    colours = values.view(np.uint8).reshape(-1, 4)
    visible = colours[:, 3] > 0
    return colours[visible], counts[visible].astype(np.float64)


def _codes(colours: Palette, shift: int) -> npt.NDArray[np.uint32]:
    """Return the cell of each colour as four packed bytes, each channel shifted right by `shift` bits."""
    return np.ascontiguousarray(colours >> np.uint8(shift)).view(np.uint32).ravel()


def _gathered(
    codes: npt.NDArray[np.uint32], sums: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float64]]:
    cells, inverse = np.unique(codes, return_inverse=True)
    gathered = [np.bincount(inverse, column, minlength=len(cells)) for column in sums.T]
    return cells, np.column_stack(gathered)


@dataclass(slots=True)
class _Cluster:
    """Points that one entry would stand for, and how much error a cut across their longest axis could save."""

    members: npt.NDArray[np.intp]
    mean: npt.NDArray[np.float64]
    axis: npt.NDArray[np.float64]
    spread: float

    @classmethod
    def of(cls, members: npt.NDArray[np.intp], points: Points, weights: Weights) -> "_Cluster":
        weight = weights[members]
        total = float(weight.sum())
        mean = weight @ points[members] / total
        apart = points[members] - mean
        values, vectors = np.linalg.eigh((apart * weight[:, None]).T @ apart)
        return cls(members, mean, vectors[:, -1], float(values[-1]) if len(members) > 1 else 0.0)

    def halves(self, points: Points, weights: Weights) -> "tuple[_Cluster, _Cluster] | None":
        high = (points[self.members] - self.mean) @ self.axis > 0
        if high.all() or not high.any():
            return None
        return (
            _Cluster.of(self.members[high], points, weights),
            _Cluster.of(self.members[~high], points, weights),
        )


def _split(points: Points, weights: Weights, size: int) -> Points:
    """Return at most `size` centres: cut the cluster with the largest spread in two until there are enough."""
    clusters = [_Cluster.of(np.arange(len(points)), points, weights)]
    while len(clusters) < size:
        worst = max(range(len(clusters)), key=lambda index: clusters[index].spread)
        halves = clusters[worst].halves(points, weights) if clusters[worst].spread > 0 else None
        if halves is None:
            break
        clusters[worst : worst + 1] = halves
    return np.array([cluster.mean for cluster in clusters], np.float32)


def _lloyd(points: Points, weights: Weights, centres: Points) -> Points:
    """Move each centre to the mean of the points nearest to it, `LLOYD_ROUNDS` times (k-means)."""
    for _ in range(LLOYD_ROUNDS):
        nearest = _nearest(points, centres)
        mass = np.bincount(nearest, weights, minlength=len(centres))
        moved = np.column_stack(
            [np.bincount(nearest, weights * column, minlength=len(centres)) for column in points.T]
        )
        held = mass > 0
        centres = centres.copy()
        centres[held] = moved[held] / mass[held, None]
    return centres


def _nearest(points: Points, centres: Points) -> npt.NDArray[np.uint8]:
    """Return for each of n×4 `points` the index of the nearest of at most 256 `centres`; chunked to spare memory."""
    lengths = np.square(centres).sum(axis=1)
    doubled = np.ascontiguousarray(-2 * centres.T)
    found = np.empty(len(points), np.uint8)
    for start in range(0, len(points), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        found[chunk] = np.argmin(points[chunk] @ doubled + lengths, axis=1)
    return found
