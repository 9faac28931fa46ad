"""Requests to refine a matte, as the studio sends them, and what they lead to."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from rest_framework.test import APIClient

from animations import jobs
from animations.imaging import png
from tests.conftest import content

PROJECTS: Final = "/api/v1/projects/"
CASES: Final = Path(__file__).parents[2] / "data" / "cases"
SIDE: Final = 256
"""px of the ring."""


def shown(api: APIClient, project: Any) -> Any:
    return api.get(f"{PROJECTS}{project['id']}/").json()


def ask(api: APIClient, project: Any, body: dict[str, Any], tail: str = "source/refine/", **headers: str) -> Any:
    return api.post(f"{PROJECTS}{project['id']}/{tail}", body, format="json", headers=headers)


def chosen(frame: Any) -> Any:
    return next(each for each in frame["candidates"] if each["id"] == frame["chosen"])


def stroke(*points: tuple[int, int], width: int = 40, side: int = SIDE) -> str:
    """Paint as a canvas does: white, as opaque as the stroke is strong."""
    drawn = np.zeros((side, side), np.uint8)
    cv2.polylines(drawn, [np.array(points, np.int32)], False, 255, width, cv2.LINE_AA)
    white = np.full_like(drawn, 255)
    return base64.b64encode(png.write(np.dstack([white, white, white, drawn]))).decode()


def refined(api: APIClient, project: Any, tail: str = "source/refine/", **body: Any) -> Any:
    answer = ask(api, project, body, tail)
    assert answer.status_code == 202, answer.json()
    jobs.run(answer.json()["id"])
    ended = api.get(f"/api/v1/jobs/{answer.json()['id']}/").json()
    assert (ended["status"], ended["error"]) == ("succeeded", "")
    return shown(api, project)


def alpha_of(api: APIClient, project: Any) -> Any:
    return png.read(content(api, project["source"]["alpha_url"]))


ERASE: dict[str, Any] = {"tool": "brush", "mode": "erase", "mask": stroke((128, 55), (128, 56), width=60)}
CHAIN: tuple[dict[str, Any], ...] = (
    {"tool": "edge", "shift": -2, "feather": 3, "decontaminate": True},
    {"tool": "pocket", "x": 128, "y": 128, "mode": "open"},
    ERASE,
    {"tool": "white", "tolerance": 40},
    {"tool": "points", "points": [[128, 210, 0]]},
)
