import numpy as np

from animations.encode.frames import cut_alpha
from animations.encode.palette import exact_palette, learn_palette, nearest_entries, palette_psnr_db
from tests.encode.images import noise, photo, psnr_inside, rolling


def test_few_colours_are_kept_exactly() -> None:
    frame = np.zeros((8, 8, 4), np.uint8)
    frame[:4, :4] = (255, 0, 10, 255)
    frame[:4, 4:] = (0, 200, 7, 90)
    palette = learn_palette([frame], 16)
    assert palette.shape == (3, 4)
    assert palette[0].tolist() == [0, 0, 0, 0]
    assert np.array_equal(palette[nearest_entries(frame, palette)], frame)
    assert palette_psnr_db(frame, palette) == np.inf


def test_a_colour_anywhere_in_a_large_frame_is_found() -> None:
    frame = np.zeros((400, 500, 4), np.uint8)
    frame[:, :, 3] = 255
    frame[0, 0] = (255, 0, 0, 255)
    frame[-1, -1] = (0, 0, 255, 255)
    colours = [[0, 0, 0, 0], [0, 0, 0, 255], [0, 0, 255, 255], [255, 0, 0, 255]]
    assert sorted(learn_palette([frame], 16).tolist()) == colours


def test_256_colours_show_a_shaded_ball_as_it_is() -> None:
    frames = [cut_alpha(frame) for frame in rolling(8)]
    palette = learn_palette(frames, 256)
    assert len(palette) <= 256
    for frame in frames:
        shown = palette[nearest_entries(frame, palette)]
        assert np.array_equal(shown[..., 3], frame[..., 3])
        assert psnr_inside(frame, shown) > 38


def test_a_palette_with_alpha_keeps_soft_edges() -> None:
    frames = rolling(8)
    palette = learn_palette(frames, 256)
    shown = palette[nearest_entries(frames[3], palette)]
    assert psnr_inside(frames[3], shown) > 36
    assert np.abs(shown[..., 3].astype(int) - frames[3][..., 3]).mean() < 0.5


def test_more_colours_are_never_worse_and_few_are_still_used_well() -> None:
    frame = photo(1)[0]
    errors = [palette_psnr_db(frame, learn_palette([frame], size)) for size in (4, 16, 64, 256)]
    assert errors == sorted(errors)
    assert errors[-1] > errors[0] + 12


def test_the_error_is_the_psnr_on_black_and_white() -> None:
    frame = rolling(4)[1]
    palette = learn_palette([frame], 32)
    assert abs(palette_psnr_db(frame, palette) - psnr_inside(frame, palette[nearest_entries(frame, palette)])) < 0.1


def test_the_same_frames_give_the_same_palette() -> None:
    frames = noise(2, 96)
    assert np.array_equal(learn_palette(frames, 64), learn_palette(frames, 64))


def test_frames_that_show_nothing_need_one_entry() -> None:
    nothing = np.zeros((5, 6, 4), np.uint8)
    nothing[..., 0] = 255
    palette = learn_palette([nothing], 256)
    assert palette.tolist() == [[0, 0, 0, 0]]
    assert nearest_entries(nothing, palette).tolist() == [[0] * 6] * 5


def test_colours_are_counted_over_all_frames_and_nothing_is_one_of_them() -> None:
    red, blue = (np.full((4, 4, 4), colour, np.uint8) for colour in ((200, 0, 0, 255), (0, 0, 200, 255)))
    nothing = np.zeros((4, 4, 4), np.uint8)
    found = exact_palette([red, blue, red, nothing], 3)
    assert found is not None
    assert sorted(found.tolist()) == [[0, 0, 0, 0], [0, 0, 200, 255], [200, 0, 0, 255]]
    assert found[0].tolist() == [0, 0, 0, 0]
    assert exact_palette([red, blue, red, nothing], 2) is None
