"""Colours weighed by alpha, as they have to be where pixels are mixed or compared."""

import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Frame


def premultiply(frame: Frame) -> npt.NDArray[np.float32]:
    """Return `frame` (H×W×4 straight RGBA uint8) with premultiplied colours, float32 from 0 to 255."""
    mixed = frame.astype(np.float32)
    mixed[..., :3] *= mixed[..., 3:] / np.float32(255)
    return mixed
