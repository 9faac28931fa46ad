"""The new page says how many frames a part of a clip gives: as many as the server will take."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser

from animations.motion.sampling import CannotSample, longest_stay, sample

pytestmark = [pytest.mark.browser]
SCRIPT = Path(__file__).parents[2] / "static" / "js" / "clips" / "sampling.js"
ASK = """async ([script, clips]) => {
  const { framesIn } = await import(script);
  return clips.map(({ times, duration, start, end, fps }) =>
    framesIn({ times, duration, frames: null }, start, end, fps));
}"""


def clips(count: int) -> list[dict[str, Any]]:
    """Clips with short and long stays, and parts of them."""
    random, made = Random(3), []
    for _ in range(count):
        stays = [random.choice((20, 40, 100, 900, 1000, 1100, 5000, 15_000)) for _ in range(random.randint(2, 90))]
        while sum(stays) > 60_000:
            stays.pop()
        duration = sum(stays)
        start = random.choice((0, 0, random.randrange(duration)))
        made.append(
            {
                "times": [sum(stays[:place]) for place in range(len(stays))],
                "duration": duration,
                "start": start,
                "end": random.choice((None, None, min(duration, start + random.randint(100, 10_000)))),
                "fps": random.choice((None, None, 1, 12, 50)),
            }
        )
    return made


def test_the_browser_samples_as_the_server_does(browser: Browser) -> None:
    asked = clips(300)
    page = browser.new_page()
    script = "data:text/javascript;base64," + b64encode(SCRIPT.read_bytes()).decode()
    answers = page.evaluate(ASK, [script, asked])
    page.close()
    for clip, answer in zip(asked, answers, strict=True):
        times, duration, start, end, fps = clip.values()
        try:
            moments = sample(times, duration, start, end, fps)
        except CannotSample:
            assert answer["frames"] < 2, clip
            continue
        said = (answer["frames"], answer["length"], answer["longest"])
        longest = longest_stay(times, duration, start) if end is None else None
        assert said == (len(moments), sum(moment.delay_ms for moment in moments), longest), clip
        assert moments[-1].at_ms < answer["until"] <= duration, clip
