"""Every platform's file as ffprobe, FFmpeg, gifsicle, apngdis, webpmux and avifdec of Debian read it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from animations.encode.fit import fit
from animations.encode.platforms import PLATFORMS
from animations.encode.readers import read
from tests.encode.images import on, rolling
from tests.encode.second_reading.rules import RULES
from tests.encode.tools import programs
from tests.encode.tools.read import read_by_tools

DELAYS = [100, 120, 80, 100, 100]


@pytest.mark.parametrize("slug", PLATFORMS)
def test_other_programs_see_the_size_times_plays_alpha_and_colours_of_a_file(slug: str, tmp_path: Path) -> None:
    programs.require()
    made = fit(rolling(5, 96), DELAYS, PLATFORMS[slug])
    path = tmp_path / f"file.{RULES[slug].format.rpartition(' ')[2].lower().replace('apng', 'png')}"
    path.write_bytes(made.data)
    seen = read_by_tools(path)
    assert (seen.width, seen.height, len(seen.delays_ms)) == (made.width, made.height, 5)
    assert seen.delays_ms == ([200, 240, 160, 200, 200] if slug == "line_emoji" else DELAYS)
    least, most = RULES[slug].plays or (0, 0)
    assert seen.plays is None or least <= seen.plays <= most
    alpha = seen.first[..., 3]
    assert (alpha.min(), alpha.max()) == (255 if slug == "kakao" else 0, 255)
    shown = next(iter(read(made.data).frames))
    assert max(np.abs(on(seen.first, ground) - on(shown, ground)).mean() for ground in (0, 255)) < 1


def test_a_machine_without_the_programs_skips_and_says_so_but_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="gifsicle"):
        programs.require()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"apt-get install .*gifsicle"):
        programs.require()
