"""Translucent art from its upload to its files, over the API alone; each job is run here and now."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from animations import jobs
from animations.models import Job
from tests.conftest import ClientOf, content
from tests.encode import soft_art
from tests.encode.images import Frame, played, read_by_ffmpeg

AVAILABLE = ("slack", "discord_emoji", "gif", "apng", "webp")
NO_SOFT = "GIF has no half transparency"

Export = dict[str, Any]
MakeExports = Callable[..., dict[str, Export]]


@pytest.fixture
def owner_client(transactional_db: None, owner: User, client_of: ClientOf) -> APIClient:
    return client_of(owner)


@pytest.fixture
def make_exports(owner_client: APIClient) -> MakeExports:
    """Upload a file, have its frames made and exported for `platforms`; returns the exports by platform."""

    def run(data: bytes, *platforms: str, **fields: Any) -> dict[str, Export]:
        choices = {"frame_count": 6, "size": 128, "candidates": 1, "matte": "none", "prompt": "bounce"} | fields
        body = {"source": SimpleUploadedFile("art.png", data), **choices}
        made = owner_client.post("/api/v1/projects/", body, format="multipart")
        assert made.status_code == 201, made.json()
        jobs.run(made.json()["job"]["id"])
        asked = owner_client.post(
            f"/api/v1/projects/{made.json()['id']}/exports/", {"platforms": platforms}, format="json"
        )
        assert asked.status_code == 202, asked.json()
        jobs.run(str(Job.objects.get(kind="export").pk))
        return {row["platform"]: owner_client.get(f"/api/v1/exports/{row['id']}/").json() for row in asked.json()}

    return run


def frames_of(owner_client: APIClient, export: Export) -> list[Frame]:
    """Read the file with Pillow and, but for WebP, whose animations it does not read, with FFmpeg too."""
    assert export["status"] == "succeeded", export["error"]
    assert all(check["ok"] for check in export["checks"])
    assert export["checks"][-1]["rule"] == "visible"
    data = content(owner_client, export["files"][0]["url"])
    return played(data)[0] + ([] if export["platform"] == "webp" else read_by_ffmpeg(data))


def art(name: str) -> bytes:
    return (soft_art.CASES / name).read_bytes()


def picture(frame: Frame) -> bytes:
    return clip([frame])


def clip(frames: Sequence[Frame], delay_ms: int = 120) -> bytes:
    """Encode the frames as an APNG; one frame as a plain PNG."""
    first, *rest = map(Image.fromarray, frames)
    file = io.BytesIO()
    first.save(file, "PNG", save_all=bool(rest), append_images=rest, duration=delay_ms, loop=0)
    return file.getvalue()


def shown(frame: Frame) -> float:
    return float((frame[..., 3] >= 8).mean())


@pytest.mark.parametrize("name", ["ghost.png", "ghost-clip.png"])
def test_translucent_art_shows_in_every_frame_of_every_file(
    name: str, make_exports: MakeExports, owner_client: APIClient
) -> None:
    for platform, export in make_exports(art(name), *AVAILABLE).items():
        for frame in frames_of(owner_client, export):
            assert shown(frame) > 0.3
        says_solid = any(f"{NO_SOFT}: soft parts are made solid" in step for step in export["steps"])
        assert says_solid is (platform not in ("apng", "webp"))


def test_a_shadow_that_a_gif_drops_is_reported_with_its_share(
    make_exports: MakeExports, owner_client: APIClient
) -> None:
    exports = make_exports(art("shadow.png"), "slack", "webp", prompt="sway")
    said = [step for step in exports["slack"]["steps"] if "left out" in step]
    assert len(said) == 1
    assert said[0].startswith(f"{NO_SOFT}: soft parts such as shadows and glows are left out (")
    assert not any(NO_SOFT in step for step in exports["webp"]["steps"])
    for frame in frames_of(owner_client, exports["slack"]):
        seen = frame[..., 3] > 0
        assert 0.1 < seen.mean() < 0.5
        assert np.median(frame[seen][:, 0]) > 150, "what is left is the orange cat, not its black shadow"


def test_a_file_of_sparks_keeps_them_all(make_exports: MakeExports, owner_client: APIClient) -> None:
    export = make_exports(art("sparks.png"), "slack", matte="white", prompt="pulse")["slack"]
    for frame in frames_of(owner_client, export):
        pieces = cv2.connectedComponents((frame[..., 3] > 0).astype(np.uint8), connectivity=8)[0] - 1
        assert pieces == 9, "a star and eight sparks"
    assert not any("specks" in step for step in export["steps"])


@pytest.mark.parametrize("name", ["ghost.png", "shadow.png", "glass.png"])
@pytest.mark.parametrize("motion", ["fade", "blink"])
def test_a_fading_subject_shows_in_every_frame_and_still_moves(
    name: str, motion: str, make_exports: MakeExports, owner_client: APIClient
) -> None:
    export = make_exports(art(name), "slack", prompt=motion, frame_count=10)["slack"]
    shares = [shown(frame) for frame in frames_of(owner_client, export)]
    assert min(shares) > 0.05
    assert min(shares) < 0.6 * max(shares)
    assert export["files"][0]["duration_ms"] == 800
    assert any("where it fades" in step for step in export["steps"])


@pytest.mark.parametrize("draw", [soft_art.glow, soft_art.watercolour, soft_art.confetti])
def test_soft_pictures_show_in_every_frame(
    draw: Callable[[], Frame], make_exports: MakeExports, owner_client: APIClient
) -> None:
    exports = make_exports(picture(draw()), *AVAILABLE)
    assert len(exports) == len(AVAILABLE)
    for export in exports.values():
        assert min(shown(frame) for frame in frames_of(owner_client, export)) > 0.02


def test_a_picture_of_half_transparent_text_shows(make_exports: MakeExports, owner_client: APIClient) -> None:
    text = np.zeros((200, 200, 4), np.uint8)
    cv2.putText(text, "OK", (10, 130), cv2.FONT_HERSHEY_SIMPLEX, 3.4, (40, 90, 200, 255), 9, cv2.LINE_AA)
    export = make_exports(picture(soft_art.faded(text, 0.3)), "slack")["slack"]
    assert min(shown(frame) for frame in frames_of(owner_client, export)) > 0.05


def test_a_clip_that_blinks_on_and_off_says_that_it_stands_still(
    make_exports: MakeExports, owner_client: APIClient
) -> None:
    on = soft_art.disc(128, 64, 64, 40)
    exports = make_exports(clip([on, np.zeros_like(on)]), *AVAILABLE, prompt="")
    for export in exports.values():
        assert min(shown(frame) for frame in frames_of(owner_client, export)) > 0.1
        assert export["steps"]


def test_a_clip_with_an_empty_frame_keeps_its_time(make_exports: MakeExports, owner_client: APIClient) -> None:
    frames = [soft_art.disc(128, x, 64, 30) for x in (40, 50, 60, 70)]
    frames[2] = np.zeros_like(frames[2])
    for export in make_exports(clip(frames), *AVAILABLE).values():
        assert min(shown(frame) for frame in frames_of(owner_client, export)) > 0.1
        assert export["files"][0]["duration_ms"] == 480
