import io

import numpy as np
import pytest
from PIL import Image

from animations.imaging.png_rows import PngRows, read_rows
from tests.encode.images import noise


def test_rows_written_one_part_after_the_other_are_one_png() -> None:
    (picture,) = noise(1, 40)
    file = io.BytesIO()
    rows = PngRows(file, 40, 40)
    for start in (0, 16, 32):
        rows.write(picture[start : start + 16])
    rows.close()
    with Image.open(io.BytesIO(file.getvalue())) as shown:
        assert np.array_equal(np.asarray(shown), picture)
    file.seek(0)
    assert np.array_equal(list(read_rows(file)), picture)


def test_a_png_that_was_written_otherwise_is_refused() -> None:
    file = io.BytesIO()
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(4, 4, 4)).save(file, "PNG")
    file.seek(0)
    with pytest.raises(ValueError, match="filtered"):
        list(read_rows(file))
