"""The row of `make bench-edit` about the brush: how evenly frames come while a stroke is painted in a Chromium.

The pointer moves once a frame, as a hand's does. What is looked at are the times of `requestAnimationFrame`: a frame
that takes longer than a sixtieth of a second to make leaves a gap of two.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from playwright.sync_api import sync_playwright

from emojiforge.launch.chromium import executable
from tests.browser.conftest import ARGUMENTS
from tests.browser.editor.cutout_page import CutoutPage
from tests.polling import until
from tests.stack.product import Person

NAME: Final = "painting"
MOVES: Final = 150
LEAST_RATE: Final = 59.0
"""Frames a second, by the median gap."""
MOST_GAP_MS: Final = 20.0
"""The 95th of a hundred gaps."""
PREVIEWS_S: Final = 300.0
NOTE_FRAMES: Final = """() => {
    window.frameTimes = [];
    const note = (time) => {
        window.frameTimes.push(time);
        window.nextFrame = requestAnimationFrame(note);
    };
    window.nextFrame = requestAnimationFrame(note);
}"""
NOTED: Final = "() => (cancelAnimationFrame(window.nextFrame), window.frameTimes)"


def show(person: Person, project: dict[str, Any], say: Callable[[str], None]) -> bool:
    """Paint on the project's picture, say how frames came meanwhile, and return whether the row misses its target."""
    presets = "presets/?page_size=100"
    until(
        lambda: all(each["preview_url"] for each in person.get(presets)["results"]), PREVIEWS_S, "the first previews"
    )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        context = chromium.new_context(base_url=person.base)
        context.add_cookies([{"name": "sessionid", "value": person.token, "url": person.base}])
        editor = CutoutPage(context.new_page(), person, project)
        editor.open()
        times = _paint(editor)
        editor.expect_said("Erased.")
        chromium.close()
    row, is_missed = describe(times)
    say(f"{row}   load {os.getloadavg()[0]:.0f} {'MISSED' * is_missed}")
    return is_missed


def _paint(editor: CutoutPage) -> list[float]:
    """Paint a stroke; return when there were frames, in ms."""
    mouse = editor.page.mouse
    first, *others = editor.wave(MOVES)
    mouse.move(*first)
    mouse.down()
    editor.page.evaluate(NOTE_FRAMES)
    for place in others:
        mouse.move(*place)
    times: list[float] = editor.page.evaluate(NOTED)
    mouse.up()
    return times


def describe(times: Sequence[float]) -> tuple[str, bool]:
    """Return the row of frames at these times (ms), and whether it misses its target."""
    gaps = np.diff(times)
    middle, p95 = (float(np.percentile(gaps, share)) for share in (50, 95))
    rate = 1e3 / middle
    row = f"{NAME:12} {rate:.1f} frames a second, from one to the next: p50 {middle:.1f} ms, p95 {p95:.1f} ms"
    return row, rate < LEAST_RATE or p95 > MOST_GAP_MS
