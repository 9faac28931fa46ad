from __future__ import annotations

import hashlib

import pytest

from gpu_worker.emulator.jobs.job import Job, Policy, State, digest, encoded_images, piece_digests


def test_a_job_shows_only_known_fields() -> None:
    job = Job("j1", {}, False, Policy(), created=10.0)
    assert job.describe() == {"id": "j1", "status": "IN_QUEUE"}
    job.state, job.started, job.worker, job.attempts = State.IN_PROGRESS, 11.5, "w1", 2
    assert job.describe() == {
        "id": "j1", "status": "IN_PROGRESS", "delayTime": 1500, "workerId": "w1", "retries": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("job_input", "found"),
    [
        ({"task": "rembg", "image": "aa"}, ["aa"]),
        ({"task": "rembg", "images": ["aa", "bb", 3]}, ["aa", "bb"]),
        ({"task": "info"}, []),
        ({"images": "aa"}, []),
        ("text", []),
    ],
)
def test_the_images_of_an_input_are_found(job_input: object, found: list[str]) -> None:
    assert encoded_images(job_input) == found


def test_equal_inputs_have_equal_digests_whatever_their_order() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()


def test_a_piece_has_the_same_digest_in_every_pack() -> None:
    alone = piece_digests({"task": "rembg", "image": "aa", "params": {}})
    packed = piece_digests({"task": "rembg", "images": ["bb", "aa"], "params": {}})
    assert packed[1:] == alone != packed[:1]
    assert piece_digests({"task": "birefnet", "image": "aa", "params": {}}) != alone
    assert piece_digests({"task": "info"}) == []
