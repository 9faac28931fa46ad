import io
import json
import zipfile

import cv2
import numpy as np
from PIL import Image

from animations.encode.containers import avif, png_zip
from tests.encode.images import ball, on, rolling


def test_an_avif_keeps_colours_alpha_and_times() -> None:
    frames = rolling(3, 64)
    data = avif.encode(frames, [40, 90, 120], quality=85)
    ok, animation = cv2.imdecodeanimation(np.frombuffer(data, np.uint8))
    assert ok
    assert list(animation.durations) == [40, 90, 120]
    for frame, seen in zip(frames, animation.frames, strict=True):
        shown = cv2.cvtColor(seen, cv2.COLOR_BGRA2RGBA)
        assert max(np.abs(on(frame, level) - on(shown, level)).mean() for level in (0, 255)) < 1.5
    assert len(avif.encode(frames, [40, 90, 120], quality=20)) < len(data)


def test_a_zip_holds_every_frame_and_a_sheet_of_them_in_order() -> None:
    frames = rolling(5, 32)
    frames[2] = np.where(frames[2][..., 3:] > 0, frames[2], np.uint8(0))
    data = png_zip.encode(frames, [50, 60, 70, 80, 90])
    assert data == png_zip.encode(frames, [50, 60, 70, 80, 90])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [f"frames/00{number}.png" for number in range(1, 6)]
        assert archive.namelist() == [*names, "sheet.png", "sheet.json"]
        sheet = np.array(Image.open(archive.open("sheet.png")))
        data_of = json.loads(archive.read("sheet.json"))
    assert sheet.shape == (64, 96, 4)
    assert [entry["duration"] for entry in data_of["frames"]] == [50, 60, 70, 80, 90]
    for frame, entry in zip(frames, data_of["frames"], strict=True):
        place = entry["frame"]
        shown = sheet[place["y"] : place["y"] + 32, place["x"] : place["x"] + 32]
        assert np.array_equal(on(shown, 255), on(frame, 255))
    assert data_of["meta"]["size"] == {"w": 96, "h": 64}
    with zipfile.ZipFile(io.BytesIO(png_zip.encode([ball(32, 0)], [50]))) as archive:
        assert archive.namelist() == ["frames/001.png", "sheet.png", "sheet.json"]
