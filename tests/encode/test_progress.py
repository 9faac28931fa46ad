import pytest

from animations.encode.fit import fit
from animations.encode.platforms import PLATFORMS
from animations.encode.progress import Progress
from tests.encode.images import photo, rolling


def test_each_pass_takes_half_of_what_is_left() -> None:
    shares: list[float] = []
    progress = Progress(shares.append)
    assert len(list(progress.read(rolling(2), 2))) == 2
    watched = progress.watch(rolling(4))
    assert (len(watched), len(list(watched)), len(list(watched))) == (4, 4, 4)
    assert shares == [0.25, 0.5, 0.5625, 0.625, 0.6875, 0.75]
    assert progress.watch(rolling(2))[1] is not None
    assert shares[-1] == 0.875


@pytest.mark.parametrize("slug", ["slack", "webp", "png_zip", "telegram_emoji", "signal"])
def test_a_file_grows_with_every_frame_that_is_read_and_encoded(slug: str) -> None:
    shares: list[float] = []
    fit(iter(photo(8)), [80] * 8, PLATFORMS[slug], progress=Progress(shares.append))
    assert len(shares) >= 16
    assert shares == sorted(set(shares))
    assert 0.75 <= shares[-1] < 1
