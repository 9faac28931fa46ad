"""Names for arrays and sizes of pictures; a docstring says the shape where it matters."""

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
Size = tuple[int, int]
"""Width and height in px."""
