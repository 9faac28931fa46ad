"""A hole that was opened unasked: said with the source, filled by a tap, opened again with the white keyed anew."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from animations import jobs
from animations.imaging import png
from tests.conftest import upload
from tests.matte.test_sure_holes import rendered_ring
from tests.work.fake_endpoint import FakeEndpoint
from tests.work.kinds.refine_requests import PROJECTS, alpha_of, refined, shown

MIDDLE = (100, 100)


@pytest.fixture
def shaded(transactional_db: None, api: APIClient, endpoint: FakeEndpoint) -> Any:
    """Return an emoji of a shaded ring on white, as the API shows it."""
    sent = {
        "source": upload(png.write(rendered_ring()[0]), "ring.png"),
        "prompt": "bounce",
        "frame_count": 2,
        "size": 128,
    }
    made = api.post(PROJECTS, sent | {"candidates": 1}, format="multipart").json()
    jobs.run(made["job"]["id"])
    return shown(api, made)


def test_it_is_open_and_said_and_stays_filled_once_it_was(api: APIClient, shaded: Any) -> None:
    (hole,) = shaded["source"]["holes"]
    assert (tuple(hole["point"]), shaded["source"]["pockets"]) == (MIDDLE, [])
    assert alpha_of(api, shaded)[MIDDLE] == 0
    bent = refined(api, shaded, tool="edge", shift=-1, feather=0, decontaminate=True)
    assert [each["point"] for each in bent["source"]["holes"]] == [list(MIDDLE)]
    filled = refined(api, bent, tool="pocket", x=100, y=100, mode="fill")
    assert (filled["source"]["holes"], alpha_of(api, filled)[MIDDLE]) == ([], 255)
    again = refined(api, filled, tool="white", tolerance=None)
    assert [each["point"] for each in again["source"]["holes"]] == [list(MIDDLE)]
    assert alpha_of(api, again)[MIDDLE] == 0
