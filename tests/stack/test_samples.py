"""The pictures that a new user tries first, cut by the real weights and held against their own drawings."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from animations.imaging import png
from tests.stack.product import PHOTO, ROOT, Person

pytestmark = pytest.mark.stack

TRUTH = ROOT / "tests" / "data" / "samples"
"""Alphas of the subjects as they are drawn in `static/samples/*.svg`, at half their size."""


@pytest.mark.parametrize("name", sorted(path.stem for path in TRUTH.iterdir()))
def test_each_sample_is_cut_out_whole_and_clean(person: Person, name: str) -> None:
    sample = (PHOTO / f"{name}.jpg").read_bytes()
    project = person.upload(sample, prompt="bounce", frame_count=2, candidates=1)
    assert person.finished(project["job"]["id"])["status"] == "succeeded"
    source = person.get(f"projects/{project['id']}/")["source"]
    truth = png.read((TRUTH / f"{name}.png").read_bytes())
    alpha = cv2.resize(png.read(person.file(source["alpha_url"])), truth.shape[::-1], interpolation=cv2.INTER_AREA)
    inside, outside = (_inside(mask) for mask in (truth > 250, truth < 5))
    assert (alpha[inside] >= 240).all(), "something of the subject is missing"
    assert (alpha[outside] <= 15).all(), "some of the background is left"
    assert np.abs(alpha.astype(int) - truth).mean() / 255 < 0.002


def _inside(mask: np.ndarray) -> np.ndarray:
    """Return what is over 2 px inside: the edge itself may lie a little to either side."""
    inner: np.ndarray = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return inner
