"""The main job over the API alone, and from the shell: real Redis, RQ, GPU worker and weights."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.GifImagePlugin import GifImageFile

from tests.polling import until
from tests.stack.product import ROOT, Person, Product

pytestmark = pytest.mark.stack


def assert_slack_gif(data: bytes) -> None:
    assert len(data) <= 128_000
    with Image.open(io.BytesIO(data)) as gif:
        assert isinstance(gif, GifImageFile)
        assert (gif.format, gif.size, gif.info["loop"]) == ("GIF", (128, 128), 0)
        assert gif.n_frames > 5
        for index in range(gif.n_frames):
            gif.seek(index)
            frame = gif.convert("RGBA")
            alpha = frame.getchannel("A")
            corners = [alpha.getpixel(at) for at in ((0, 0), (127, 0), (0, 127), (127, 127))]
            assert corners == [0, 0, 0, 0], f"frame {index}"
            assert alpha.getextrema()[1] == 255, f"frame {index} is empty"


def test_a_picture_becomes_an_emoji_that_slack_takes(person: Person, photo: bytes) -> None:
    project = person.upload(photo, prompt="bounce")
    job = person.finished(project["job"]["id"])
    assert (job["status"], job["gpu"]["calls"], job["gpu"]["frames"]) == ("succeeded", 1, 1)
    project = person.get(f"projects/{project['id']}/")
    assert (project["status"], project["progress"]["done"]) == ("ready", 12)

    frame = project["frames"][3]
    other = frame["candidates"][1]["id"]
    answer = person.http.post(f"projects/{project['id']}/frames/3/choose/", json={"candidate": other})
    assert (answer.status_code, answer.json()["chosen"]) == (200, other)

    body = {"prompt": "jump higher", "candidates": 1}
    answer = person.http.post(f"projects/{project['id']}/frames/3/retry/", json=body)
    assert answer.status_code == 202
    assert person.finished(answer.json()["id"])["status"] == "succeeded"
    retried = person.get(f"projects/{project['id']}/frames/3/")
    assert retried["chosen"] == other, "a retry chooses nothing by itself"
    newest = retried["candidates"][-1]
    assert (newest["origin"], newest["parent"], newest["prompt"]) == ("retried", other, "jump higher")
    person.http.post(f"projects/{project['id']}/frames/3/choose/", json={"candidate": newest["id"]})
    after = person.get(f"projects/{project['id']}/")
    assert [each["chosen"] for each in after["frames"] if each["index"] != 3] == [
        each["chosen"] for each in project["frames"] if each["index"] != 3
    ]

    answer = person.http.post(f"projects/{project['id']}/exports/", json={"platforms": ["slack", "discord_emoji"]})
    assert answer.status_code == 202
    for export in answer.json():
        done = until(partial(finished_export, person, f"exports/{export['id']}/"), 60, "the export")
        assert done["status"] == "succeeded"
        assert all(check["ok"] for check in done["checks"])
        if done["platform"] == "slack":
            assert_slack_gif(person.file(done["files"][0]["url"]))


def finished_export(person: Person, path: str) -> dict[str, Any] | None:
    export = person.get(path)
    return export if export["status"] not in ("queued", "running") else None


def test_the_studio_goes_out_compressed(product: Product, person: Person, photo: bytes) -> None:
    project = person.upload(photo, "photo.jpg", matte="none")
    cookie = {"Cookie": f"sessionid={person.token}"}
    answer = person.http.get(f"{product.base}/emojis/{project['id']}/", headers=cookie)
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) < len(answer.content) / 3
    assert answer.text.rstrip().endswith("</html>")


def test_make_emoji_does_the_same_from_the_shell(product: Product, photo: bytes, tmp_path: Path) -> None:
    picture, target = tmp_path / "photo.jpg", tmp_path / "out.gif"
    picture.write_bytes(photo)
    command = [sys.executable, "manage.py", "make_emoji", str(picture), "--motion", "subtle bounce"]
    environment = {**os.environ, "DATA_DIR": str(product.data_dir), **product.addresses}
    done = subprocess.run(
        [*command, "--platform", "slack", "-o", str(target)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert_slack_gif(target.read_bytes())
