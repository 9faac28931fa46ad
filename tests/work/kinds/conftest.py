"""Emojis whose mattes are refined."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image
from rest_framework.test import APIClient

from animations import jobs
from animations.imaging import png
from tests.conftest import upload
from tests.ingest.sample_clips import animation
from tests.work.fake_endpoint import FakeEndpoint
from tests.work.kinds.propagation.discs import SIDE, moving_disc
from tests.work.kinds.refine_requests import CASES, PROJECTS, shown


@pytest.fixture
def ring(transactional_db: None, api: APIClient, endpoint: FakeEndpoint) -> Any:
    """Return the ring of the cases as an emoji of three frames, as the API shows it."""
    fields = {"prompt": "subtle bounce", "frame_count": 3, "size": 128, "candidates": 1}
    sent = {"source": upload((CASES / "ring.png").read_bytes(), "ring.png")} | fields
    made = api.post(PROJECTS, sent, format="multipart").json()
    jobs.run(made["job"]["id"])
    return shown(api, made)


@pytest.fixture
def clip(transactional_db: None, api: APIClient, endpoint: FakeEndpoint) -> Any:
    """Return a clip of two frames, the ring and its mirror image, keyed."""
    picture = png.read((CASES / "ring.png").read_bytes())
    still, turned = Image.fromarray(picture), Image.fromarray(np.ascontiguousarray(picture[:, ::-1]))
    turned.putpixel((0, 0), (254, 255, 255))
    data = animation([still, turned], "PNG", 100)
    sent = {"source": upload(data, "ring.png"), "size": 256, "framing": "whole"}
    made = api.post(PROJECTS, sent, format="multipart").json()
    jobs.run(made["job"]["id"])
    return shown(api, made)


@pytest.fixture
def discs(transactional_db: None, api: APIClient, endpoint: FakeEndpoint) -> Any:
    """Return a clip of four frames of a disc that moves, keyed."""
    sent = {"source": upload(animation([moving_disc(step) for step in range(4)], "PNG", 100), "disc.png")}
    made = api.post(PROJECTS, sent | {"size": SIDE, "framing": "whole"}, format="multipart").json()
    jobs.run(made["job"]["id"])
    return shown(api, made)
