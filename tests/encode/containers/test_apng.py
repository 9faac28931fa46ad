import math

import numpy as np
import pytest

from animations.encode.containers import apng
from animations.encode.frames import clear_hidden_colour
from animations.encode.readers import read
from tests.encode.images import corners_alpha, noise, photo, played, psnr_inside, read_by_ffmpeg, rolling


def test_a_palette_with_alpha_keeps_soft_edges_and_exact_delays() -> None:
    frames = rolling(8)
    shown, delays, loop = played(apng.encode(frames, [33, 41] * 4, colours=256, palette_from_db=0))
    assert (delays, loop) == ([33, 41] * 4, 0)
    for frame, seen in zip(frames, shown, strict=True):
        assert corners_alpha(seen) == [0, 0, 0, 0]
        assert psnr_inside(frame, seen) > 36
    assert any(0 < value < 255 for value in np.unique(shown[0][..., 3]))


def test_every_pixel_is_kept_where_a_palette_is_not_good_enough() -> None:
    frames = noise(3, 48)
    shown, _, _ = played(apng.encode(frames, [50] * 3, colours=256, palette_from_db=36))
    for frame, seen in zip(frames, shown, strict=True):
        visible = frame[..., 3] > 0
        assert np.array_equal(seen[..., 3], frame[..., 3])
        assert np.array_equal(seen[visible], frame[visible])


def test_a_palette_is_used_where_it_is_good_enough_and_saves_much() -> None:
    frames = photo(3, 64)
    chosen = apng.encode(frames, [50] * 3, colours=256, palette_from_db=24)
    full = apng.encode(frames, [50] * 3, colours=256, palette_from_db=99)
    assert chosen == apng.encode(frames, [50] * 3, colours=256, palette_from_db=0)
    assert len(chosen) < len(full) * 0.6


def test_equal_frames_stay_frames() -> None:
    frame = rolling(4)[0]
    shown, delays, _ = played(apng.encode([frame, frame, frame], [100, 200, 300], colours=64, palette_from_db=0))
    assert delays == [100, 200, 300]
    assert np.array_equal(shown[0], shown[2])


def test_every_chunk_has_its_checksum() -> None:
    data = apng.encode(rolling(3), [50] * 3, colours=16, palette_from_db=0)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert data.index(b"acTL") < data.index(b"IDAT") < data.index(b"fdAT")
    broken = bytearray(data)
    broken[data.index(b"IDAT") + 8] ^= 0xFF
    with pytest.raises((OSError, SyntaxError)):
        played(bytes(broken))


def test_every_colour_is_kept_by_a_palette_that_has_all_or_else_as_it_is() -> None:
    few = [np.kron(frame[::16, ::16], np.ones((16, 16, 1), np.uint8)) for frame in rolling(3, 128)]
    for frames, colour_type in ((few, 3), (rolling(3, 128), 6)):
        data = apng.encode(frames, [50] * 3, 256, math.inf)
        assert data[25] == colour_type
        shown, _, _ = played(data)
        clean = [clear_hidden_colour(frame) for frame in frames]
        assert all(np.array_equal(a, b) for a, b in zip(clean, shown, strict=True))


@pytest.mark.parametrize("least_db", [0, math.inf], ids=["palette", "full colour"])
def test_what_stays_between_changes_is_left_out(least_db: float) -> None:
    frames = [photo(1, 128)[0].copy() for _ in range(4)]
    for number, frame in enumerate(frames):
        frame[4:10, 4:10, :3] = frame[-10:-4, -10:-4, :3] = 40 * number
    sizes = [len(apng.encode(frames[:count], [50] * count, 256, least_db)) for count in (1, 4)]
    assert sizes[1] < sizes[0] * 1.1, "three frames of two small squares at both ends"
    data = apng.encode(frames, [50] * 4, 256, least_db)
    seen = [*played(data)[0], *read_by_ffmpeg(data), *read(data).frames]
    assert all(
        np.abs(a.astype(int) - b).max() <= (0 if least_db else 60) for a, b in zip(frames * 3, seen, strict=True)
    )
    assert all(np.array_equal(a, b) for a, b in zip(seen[:4] * 2, seen[4:], strict=True)), "for every decoder"


def test_soft_pixels_are_never_laid_over_others() -> None:
    frames = [photo(1, 64)[0].copy() for _ in range(2)]
    frames[1][4:10, 4:10, 3] = frames[1][-10:-4, -10:-4, 3] = 128
    shown, _, _ = played(apng.encode(frames, [50] * 2, 256, math.inf))
    assert np.array_equal(shown[1], frames[1])
