"""What the studio's page of framing and finish starts with: bounds and defaults, colours, and the shapes of files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from animations.encode.platforms import SizeRule
from animations.finish.options import LIMITS, TEXT_LENGTH, Caption, Outline, Shadow
from animations.models import Project, platforms_in_use
from animations.payloads import finish_payload

FONT: Final = "fonts/Pretendard-ExtraBold.woff2"
SWATCHES: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("#ffffff", _("White")),
    ("#000000", _("Black")),
    ("#ffcc00", _("Yellow")),
    ("#ff5a1f", _("Orange")),
    ("#e01e5a", _("Pink")),
    ("#2eb67d", _("Green")),
    ("#2f8fe8", _("Blue")),
    ("#7c3aed", _("Violet")),
)


def form_choices() -> dict[str, Any]:
    """Return what the form offers, for its template."""
    return {"limits": LIMITS, "text_length": TEXT_LENGTH, "swatches": SWATCHES}


def card_setup(finish: Mapping[str, Any] | None) -> str:
    """Return as JSON what a card needs to show a still with this stored finish; "" where nothing is done to it."""
    return json.dumps(_setup(finish, SizeRule())) if finish else ""


def card_script_setup() -> str:
    """Return as JSON what a page needs to show cards whose finishes come over the API."""
    return json.dumps({"plain": finish_payload({}), "canvas": asdict(SizeRule()), "font": static(FONT)})


def shared_setup(project: Project, platform: str) -> dict[str, Any] | None:
    """Return what a page needs to show the loop as the platform's files do; None where nothing is done to it."""
    if not project.finish:
        return None
    return _setup(project.finish, platforms_in_use()[platform].pixels)


def _setup(finish: Mapping[str, Any], canvas: SizeRule) -> dict[str, Any]:
    return {"finish": finish_payload(finish), "canvas": asdict(canvas), "font": static(FONT)}


def script_setup() -> dict[str, Any]:
    """Return what the page's scripts need, as JSON: what is plain, each layer as it begins, and all canvases."""
    layers = {"outline": asdict(Outline()), "shadow": asdict(Shadow()), "caption": asdict(Caption(""))}
    canvases = {platform.slug: asdict(platform.pixels) for platform in platforms_in_use().values()}
    return {"plain": finish_payload({}), "layers": layers, "canvases": canvases, "font": static(FONT)}
