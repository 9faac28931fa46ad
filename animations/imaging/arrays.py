"""The types of pictures as arrays, and of their sizes, defined once.

An array's type does not hold its shape: a function's docstring says it where it is not one of these.
"""

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
"""H×W×3 RGB or H×W×4 straight RGBA, 0 to 255."""
Frame = npt.NDArray[np.uint8]
"""H×W×4 straight RGBA, 0 to 255."""
Alpha = npt.NDArray[np.uint8]
"""H×W, from 0 (clear) to 255 (opaque)."""
Mask = npt.NDArray[np.bool_]
"""H×W."""
Premultiplied = npt.NDArray[np.float32]
"""H×W×4 RGBA with colours multiplied by alpha."""
Colours = npt.NDArray[np.float32]
"""H×W×3 or N×3, 0 to 255."""
Plane = npt.NDArray[np.float32]
"""One number for each pixel, H×W or N."""
Colour = npt.NDArray[np.float32]
"""The three channels of one, 0 to 255."""
Matrix = npt.NDArray[np.float64]
"""3×3: an affine or projective map of the plane."""
Size = tuple[int, int]
"""Width and height in px."""
