"""List the labels of the pure rooms and of rows, which pages and payloads translate by their English."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from animations.actions.projects.search import KINDS
from animations.encode.platforms import PLATFORMS
from animations.finish import letters
from animations.matte.engines import MATTE_OPTIONS
from animations.models import Project, ShareLink
from animations.motion import differences
from animations.motion.descriptions import DESCRIPTIONS
from animations.motion.motion_def import ANCHORS
from animations.motion.recipe import INTENSITIES, PACES
from animations.motion.vocabulary import MOTIONS
from animations.translation.motions import ORDER
from animations.web.views import SAMPLES

PRESETS: Final = Path(__file__).parents[2] / "animations/management/presets.json"
Label = tuple[str, str]
"""The module that has it, and its English."""


def all_labels() -> Iterator[Label]:
    """Yield every label that people read."""
    yield from (("animations/matte/engines.py", text) for each in MATTE_OPTIONS for text in (each.label, each.hint))
    yield from (("animations/encode/platforms/table.py", text) for text in _platforms())
    yield from (("animations/motion", text) for text in _motions())
    yield from (("animations/models/project.py", str(label)) for label in Project.Status.labels)
    yield from (("animations/models/users/share_link.py", str(label)) for label in ShareLink.Days.labels)
    yield from (("animations/actions/projects/search.py", label) for _, label in KINDS)
    yield from (("animations/web/views.py", label) for _, label in SAMPLES)
    for preset in json.loads(PRESETS.read_text()):
        yield from (("animations/management/presets.json", preset[field]) for field in ("name", "description"))


def _platforms() -> Iterator[str]:
    for platform in PLATFORMS.values():
        texts = (platform.label, platform.download_label, platform.note, platform.how_to_add)
        yield from (text for text in texts if text)


def _motions() -> Iterator[str]:
    yield ORDER
    yield from (word for bands in (INTENSITIES, PACES) for _, _, word in bands if word)
    yield from (motion.label for motion in MOTIONS.values())
    yield from (way for motion in MOTIONS.values() for way in motion.directions)
    yield from ("faster", "slower", "to the left", "to the right", "twice", "{count} times", "{angle} degrees")
    yield from (f"around the {anchor}" for anchor in ANCHORS)
    yield from (each.text for each in DESCRIPTIONS.values())
    yield from (word for pair in differences.WORDS for word in pair)
    yield letters.SCRIPTS
    yield "square"
