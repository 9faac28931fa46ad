"""A clip of a disc that moves, and the correction of one of its frames carried to the others."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image
from rest_framework.test import APIClient

from animations import jobs
from animations.imaging import png
from tests.conftest import content
from tests.work.kinds.refine_requests import ask, chosen, refined, shown, stroke

SIDE = 160
STEP = 6
"""px by which the disc moves from frame to frame."""


def moving_disc(step: int) -> Image.Image:
    """Draw a speckled disc on white, further to the right in each frame, and a thing that stays beside it."""
    ys, xs = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    speckles = np.random.default_rng(5).integers(0, 90, (SIDE // 4 + 9, SIDE // 4 + 9, 3)).repeat(4, 0).repeat(4, 1)
    picture = np.full((SIDE, SIDE, 3), 255, np.uint8)
    at = STEP * step
    disc = np.hypot(xs - 50 - at, ys - 70) < 34
    picture[disc] = (90 + speckles[:SIDE, SIDE // 8 :][:, :SIDE])[ys[disc].astype(int), (xs[disc] - at).astype(int)]
    picture[130:150, 20:50] = (40, 60, 160)
    return Image.fromarray(picture)


def alphas(api: APIClient, project: Any) -> list[Any]:
    return [png.read(content(api, chosen(frame)["alpha_url"])) for frame in project["frames"]]


def propagated(api: APIClient, project: Any, index: int = 1) -> Any:
    """Carry what was mended in a frame to the others."""
    job = ask(api, project, {"candidate": project["frames"][index]["chosen"]}, f"frames/{index}/propagate/").json()
    jobs.run(job["id"])
    assert api.get(f"/api/v1/jobs/{job['id']}/").json()["status"] == "succeeded"
    return shown(api, project)


def mended(api: APIClient, project: Any, index: int = 1) -> Any:
    """Erase the thing that stays, in one frame."""
    mask = stroke((28, 140), (42, 140), width=26, side=SIDE)
    body = {"candidate": project["frames"][index]["chosen"], "tool": "brush", "mode": "erase", "mask": mask}
    return refined(api, project, f"frames/{index}/refine/", **body)
