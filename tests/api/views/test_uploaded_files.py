"""Files as phones and programs write them, through the API: what is kept of them looks as it should."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image
from rest_framework.test import APIClient

from tests.conftest import content, upload

CASES: Final = Path(__file__).parents[2] / "data" / "cases"
PROJECTS: Final = "/api/v1/projects/"

Seen = dict[tuple[int, int], tuple[int, ...]]

FILES: Final[dict[str, tuple[str, int, Seen]]] = {
    "hflip.mp4": (
        "clip",
        12,
        {(8, 8): (30, 180, 30), (150, 8): (220, 30, 30), (8, 88): (230, 220, 30), (150, 88): (30, 30, 220)},
    ),
    "hlg.mp4": (
        "clip",
        4,
        {(20, 20): (240, 240, 240), (60, 20): (165, 165, 165), (100, 20): (118, 118, 118), (140, 20): (40, 40, 40)},
    ),
    "p3-nclx.heic": ("picture", 2, {(80, 64): (216, 69, 50)}),
    "la-icc.png": ("picture", 2, {(80, 48): (188, 188, 188, 255)}),
    "still.avif": ("picture", 4, {(64, 64): (244, 150, 50)}),
}
"""What it is, how exact it is to be, and colours at places."""


def send(api: APIClient, data: bytes, name: str) -> Any:
    return api.post(
        PROJECTS, {"source": upload(data, name), "start": "false", "prompt": "bounce"}, format="multipart"
    )


@pytest.mark.parametrize("name", FILES)
def test_an_uploaded_file_is_stored_with_its_colours(api: APIClient, name: str) -> None:
    kind, tolerance, wanted = FILES[name]
    answer = send(api, (CASES / name).read_bytes(), name)
    assert answer.status_code == 201, answer.json()
    source = answer.json()["source"]
    assert source["kind"] == kind
    with Image.open(BytesIO(content(api, source["url"]))) as kept:
        for place, colour in wanted.items():
            found: Any = kept.getpixel(place)
            assert len(found) == len(colour)
            assert max(abs(a - b) for a, b in zip(found, colour, strict=True)) <= tolerance, (place, found)


def test_a_format_that_is_not_taken_is_refused_by_its_name(api: APIClient) -> None:
    answer = send(api, b'{"v":"5.5","fr":30,"ip":0,"op":60,"layers":[]}', "dance.json")
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["attr"], error["code"]) == (400, "source", "unsupported_format")
    assert "Lottie" in error["detail"]
    assert "AVIF" in error["detail"]
