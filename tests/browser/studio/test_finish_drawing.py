"""Test that the browser draws a finish as files have it: both draw the same pictures and place the same loops."""

from __future__ import annotations

import base64
import itertools
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from playwright.sync_api import Page

from animations.encode.platforms import PLATFORMS
from animations.finish import caption
from animations.finish.draw import canvas_size, finish_frames
from animations.finish.options import Caption, Finish, Outline, Placement, Shadow
from animations.finish.placing import Loop, Margins, place_loop
from animations.imaging import png
from animations.imaging.arrays import Frame, Size
from animations.imaging.premultiply import premultiply
from tests.finish.images import disc

pytestmark = [pytest.mark.browser]
FONT: Final = "data:font/woff2;base64," + base64.b64encode(Path(caption.FONT).read_bytes()).decode()
MOST_MEAN: Final = 2.0
"""Levels of 255, over a picture: the two shrink and smooth a little differently."""
MOST_WRONG: Final = 0.02
"""The share of pixels that differ by more than a tenth: some along an edge."""

PLACE: Final = """async (cases) => {
  const { canvasSize, placeLoop } = await import("/js/finish/placing.js");
  return cases.map(([rule, loop, placement, each]) => {
    const canvas = canvasSize(rule, loop.size);
    return [canvas, placeLoop(loop, placement, canvas, each)];
  });
}"""
DRAW: Final = """async (cases) => {
  const { artistFor, prepare } = await import("/js/finish/draw.js");
  const textOf = (data) => btoa(Array.from(data, (value) => String.fromCharCode(value)).join(""));
  const drawn = [];
  for (const [pictures, finish, rule, font] of cases) {
    const load = async (url) => createImageBitmap(await (await fetch(url)).blob());
    const bitmaps = await Promise.all(pictures.map(load));
    await prepare(finish, font);
    const picture = artistFor(bitmaps, finish, rule).draw(bitmaps.at(-1));
    const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    context.drawImage(picture, 0, 0);
    drawn.push([picture.height, textOf(context.getImageData(0, 0, picture.width, picture.height).data)]);
  }
  return drawn;
}"""

PREVIEW: Final = """async ([pictures, finish, rule, loads]) => {
  document.body.innerHTML = "<div data-bounds><canvas></canvas><i data-ground></i></div>";
  const { Preview } = await import("/js/elements/studio/finish/preview.js");
  const [moments, loaded, counts] = [pictures.map((url) => ({ url })), new Map(), []];
  let onChange = () => {};
  const playback = { moments, moment: moments[0], subscribe: (listener) => (onChange = listener) };
  const preview = new Preview(document.body, playback, { getPlain: (url) => loaded.get(url) ?? null }, "");
  preview.setOpen(true);
  const canvas = document.querySelector("canvas");
  for (const urls of loads) {
    for (const url of urls) loaded.set(url, await createImageBitmap(await (await fetch(url)).blob()));
    await preview.show(finish, rule);
    onChange();
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    counts.push(data.filter((value, at) => at % 4 === 3 && value > 0).length);
  }
  return counts;
}"""


def rule_of(platform: str) -> dict[str, Any]:
    return asdict(PLATFORMS[platform].pixels)


def test_loops_stand_at_the_same_place_on_the_same_canvas(script_page: Page) -> None:
    loops = [Loop((256, 256), (31, 20, 201, 250), 255, 0), Loop((192, 108), (0, 9, 45, 100), 90, 0)]
    loops.append(Loop((96, 96), (8, 16, 88, 96), 255, 8))
    placements = [
        Placement(),
        Placement("cover", 0.7, 0.13, -0.2, True),
        Placement("contain", 1.37, -0.31, 0.05, True),
        Placement(ground=0.9),
    ]
    margins = [Margins(), Margins(9, 7, 9, 31)]
    cases = list(itertools.product(PLATFORMS, loops, placements, margins))
    asked = [[rule_of(name), asdict(loop), asdict(place), each._asdict()] for name, loop, place, each in cases]
    for (name, loop, placement, each), (canvas, placed) in zip(
        cases, script_page.evaluate(PLACE, asked), strict=True
    ):
        expected_canvas = canvas_size(loop.size, PLATFORMS[name].pixels.target(*loop.size))
        assert tuple(canvas) == expected_canvas, (name, loop.size)
        expected = asdict(place_loop(loop, placement, expected_canvas, each))
        del expected["canvas"]
        expected["scale"] = pytest.approx(expected["scale"])
        assert placed == expected, (name, loop, placement, each)


def wide(frame: Frame, size: Size) -> Frame:
    """Return a picture with nothing round it."""
    canvas = np.zeros((size[1], size[0], 4), np.uint8)
    top, left = (size[1] - frame.shape[0]) // 2, (size[0] - frame.shape[1]) // 3
    canvas[top : top + frame.shape[0], left : left + frame.shape[1]] = frame
    return canvas


def art() -> Frame:
    """Draw a cross of blocks of 8 px."""
    frame = np.zeros((96, 96, 4), np.uint8)
    frame[32:64, 8:88] = frame[8:88, 40:56] = (200, 30, 60, 255)
    return frame


SHADED: Final = disc(128, 40) * np.array([0.9, 0.4, 0.2, 1])
FRAME: Final[Frame] = np.rint(SHADED).astype(np.uint8)
FAINT: Final[Frame] = np.rint(SHADED * np.array([1, 1, 1, 0.4])).astype(np.uint8)
CASES: Final[dict[str, tuple[list[Frame], str, Finish]]] = {
    "moved": ([FRAME], "slack", Finish(Placement("contain", 0.8, 0.1, -0.1, True))),
    "enlarged": ([FRAME], "slack", Finish(Placement("cover", 1.5))),
    "outlined": ([FRAME], "slack", Finish(outline=Outline(0.06, "#ffcc00"))),
    "wide": ([wide(FRAME, (256, 144))], "line_sticker", Finish(Placement(ground=0.8), Outline(0.02))),
    "shadowed": ([FRAME], "slack", Finish(shadow=Shadow("#204080", 0.7, 0.03, 0.06))),
    "soft": ([FRAME], "webp", Finish(shadow=Shadow(blur=0.1, distance=0))),
    "faint": ([FRAME, FAINT], "slack", Finish(outline=Outline(), shadow=Shadow())),
    "blocks": ([art()], "slack", Finish(Placement(zoom=0.7), Outline(0.05, "#00ff00"))),
    "titled": ([FRAME], "slack", Finish(caption=Caption("Wow AV 뛰어!"))),
    "bent": ([FRAME], "slack", Finish(outline=Outline(), caption=Caption("gyp", "#ff0000", None, -0.8, "top"))),
}


def test_the_browser_draws_what_files_show(script_page: Page) -> None:
    asked = [
        [[as_url(frame) for frame in frames], asdict(finish), rule_of(platform), FONT]
        for frames, platform, finish in CASES.values()
    ]
    drawn = script_page.evaluate(DRAW, asked)
    for (name, (frames, platform, finish)), (height, text) in zip(CASES.items(), drawn, strict=True):
        expected = last_finished(frames, finish, platform)
        found = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, -1, 4)
        assert found.shape == expected.shape, name
        difference = np.abs(premultiply(found) - premultiply(expected)).max(axis=2)
        assert difference.mean() <= MOST_MEAN, (name, difference.mean())
        assert (difference > 25).mean() <= MOST_WRONG, (name, (difference > 25).mean())


def last_finished(frames: list[Frame], finish: Finish, platform: str) -> Frame:
    return list(finish_frames(lambda: frames, finish, PLATFORMS[platform].pixels.target))[-1]


def as_url(frame: Frame) -> str:
    return "data:image/png;base64," + base64.b64encode(png.write(frame)).decode()


def test_a_picture_that_is_loaded_later_changes_where_the_loop_stands(script_page: Page) -> None:
    pictures = [as_url(FRAME), as_url(np.full_like(FRAME, 255))]
    finish, rule = asdict(Finish(Placement("cover"))), rule_of("slack")

    def shown(*loads: list[str]) -> list[int]:
        """Return how many pixels show once each of these has been loaded."""
        counts: list[int] = script_page.evaluate(PREVIEW, [pictures, finish, rule, loads])
        return counts

    (together,) = shown(pictures)
    alone, both = shown(pictures[:1], pictures[1:])
    assert alone > both == together
