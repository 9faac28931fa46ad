import numpy as np

from animations.encode.containers.gif import encoder
from animations.encode.containers.gif.dithering import dither
from animations.encode.palette import learn_palette
from tests.encode.images import Frame, played


def ramp() -> Frame:
    """Draw a grey that grows lighter little by little, with nothing in its lowest rows."""
    level = np.tile(np.linspace(40, 200, 128).round().astype(np.uint8), (64, 1))
    frame = np.dstack([level, level, level, np.full_like(level, 255)])
    frame[48:] = 0
    return frame


def tones(frame: Frame) -> Frame:
    """Return the mean of every 8 × 8 pixels, which is what an eye sees from afar."""
    return np.asarray(frame[:48, :, 0].reshape(6, 8, 16, 8).mean(axis=(1, 3)))


def test_tones_between_the_colours_of_the_palette_are_mixed() -> None:
    frame = ramp()
    (plain,), (mixed,) = (played(encoder.encode([frame], [50], 5, dithers=dithers))[0] for dithers in (False, True))
    errors = [np.abs(tones(shown) - tones(frame)).mean() for shown in (plain, mixed)]
    assert errors[1] < errors[0] / 2
    assert not mixed[48:, :, 3].any()


def test_the_pattern_stands_still_and_is_no_stronger_than_the_palette_is_coarse() -> None:
    frame = ramp()
    coarse, fine = (learn_palette([frame], size) for size in (5, 65))
    assert np.array_equal(dither(frame, coarse), dither(frame, coarse))
    moved = [np.abs(dither(frame, palette).astype(int) - frame).max() for palette in (coarse, fine)]
    assert moved[1] <= 2 < 5 < moved[0] < 25
    assert np.array_equal(dither(frame, coarse[:2]), frame), "there is nothing to mix one colour with"


def test_white_stays_white() -> None:
    frame = ramp()
    frame[:16, :, :3] = 255
    mixed = dither(frame, learn_palette([frame], 5))
    assert (mixed[:16] == 255).all()
    assert not np.array_equal(mixed, frame)
