from __future__ import annotations

import pytest

from gpu_worker.emulator.options import Options


@pytest.mark.parametrize(("least", "most"), [(-1, 2), (3, 2)])
def test_the_minimum_must_be_between_zero_and_the_maximum(least: int, most: int) -> None:
    with pytest.raises(ValueError, match="least"):
        Options(min_workers=least, max_workers=most)
