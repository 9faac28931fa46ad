"""What a model has made of nothing is dropped, of pictures and of clips, and of a picture it can be brought back."""

from __future__ import annotations

import base64
from typing import Any

import cv2
import pytest
from rest_framework.test import APIClient

from animations import jobs
from animations.imaging import png
from tests.conftest import content, upload
from tests.ingest.sample_clips import animation, scenes
from tests.work import fake_endpoint
from tests.work.fake_endpoint import FakeEndpoint
from tests.work.kinds.refine_requests import CASES, PROJECTS, alpha_of, chosen, refined, shown


@pytest.fixture(autouse=True)
def specked(monkeypatch: pytest.MonkeyPatch, endpoint: FakeEndpoint) -> None:
    """Let the endpoint see a speck of 2 by 2 px above the disc in every picture."""
    plain = fake_endpoint.disc

    def with_speck(picture: bytes) -> str:
        alpha = png.read(base64.b64decode(plain(picture)))
        alpha[6:8, 40:42] = 255
        return base64.b64encode(cv2.imencode(".png", alpha)[1].tobytes()).decode()

    monkeypatch.setattr(fake_endpoint, "disc", with_speck)


def made(api: APIClient, data: bytes, name: str, **fields: Any) -> Any:
    sent = {"source": upload(data, name), "matte": "rembg", "candidates": 1} | fields
    project = api.post(PROJECTS, sent, format="multipart").json()
    jobs.run(project["job"]["id"])
    return shown(api, project)


def test_a_pictures_specks_are_dropped_and_offered(transactional_db: None, api: APIClient) -> None:
    project = made(api, (CASES / "rounded-corners.png").read_bytes(), "face.png", prompt="pulse", frame_count=2)
    assert not alpha_of(api, project)[:10, 30:50].any()
    (speck,) = [spark for spark in project["source"]["sparks"] if (spark["x"], spark["y"]) == (40, 6)]
    assert (speck["width"], speck["height"]) == (2, 2)
    after = refined(api, project, tool="effects", x=speck["point"][0], y=speck["point"][1])
    assert alpha_of(api, after)[6:8, 40:42].all()


def test_a_clips_specks_are_dropped(transactional_db: None, api: APIClient) -> None:
    project = made(
        api,
        animation([scene.resize((256, 192)) for scene in scenes(2)], "GIF", 80),
        "walk.gif",
        size=256,
        framing="whole",
    )
    assert len(project["frames"]) == 2
    for frame in project["frames"]:
        alpha = png.read(content(api, chosen(frame)["alpha_url"]))
        assert alpha.any()
        assert not alpha[: alpha.shape[0] // 10].any()
