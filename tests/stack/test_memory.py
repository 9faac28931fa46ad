"""What the processes weigh and map after the main job, and what the job takes of a processor beside its matte."""

from __future__ import annotations

import http.client
import io
import os
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from tests.ingest.sample_clips import scenes, video
from tests.memory import peak_bytes
from tests.polling import until
from tests.processes import has_exited
from tests.stack.product import Person, Product

pytestmark = pytest.mark.stack
MB = 1_000_000
MODELS = ("torch", "onnxruntime", "rembg")
CLIPS = ("av",)
"""What opens a video: mapped by the decoding child alone."""


def mapped(pid: int) -> str:
    return Path(f"/proc/{pid}/maps").read_text()


def noise(side: int) -> bytes:
    """Write a PNG that does not compress: about side² × 3 bytes."""
    buffer = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(buffer, "PNG", compress_level=0)
    return buffer.getvalue()


def twelve_megapixels(photo: bytes) -> bytes:
    """Return the photo as large as phones make them."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(photo)) as picture:
        picture.convert("RGB").resize((4000, 3000)).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def watched_work_horse(product: Product) -> tuple[int, str]:
    """Watch the work-horse that is about to begin until it is done; return its peak in bytes and its maps."""
    highest = maps = None
    while highest is None or maps is None:  # the horse of the job before may still be ending
        horse = product.work_horse("bulk")
        while not has_exited(horse):
            try:
                highest, maps = peak_bytes(horse.pid), mapped(horse.pid)
            except OSError:
                break
            time.sleep(0.02)
    return highest, maps


def make_emoji_of_clip(person: Person, folder: Path) -> None:
    """Make an emoji of a short MP4, its frames as they are: no GPU has a part in it."""
    project = person.upload(video(folder / "clip.mp4", scenes(4)), "clip.mp4", matte="none")
    assert project["source"]["kind"] == "clip"
    assert person.finished(project["job"]["id"])["status"] == "succeeded"


def refused_gigabyte(product: Product, person: Person) -> int:
    """Return the status of a POST that announces 1 GB and sends none of it."""
    address = urlsplit(product.base)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    connection.putrequest("POST", "/api/v1/projects/")
    for name, value in {
        "Content-Length": str(1_000_000_000),
        "Content-Type": "multipart/form-data; boundary=x",
        "X-Session-Token": person.token,
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_web_stays_small_and_maps_no_pixels(product: Product, person: Person, photo: bytes, tmp_path: Path) -> None:
    make_emoji_of_clip(person, tmp_path)
    project = person.upload(photo, prompt="bounce", matte="none")
    assert person.finished(project["job"]["id"], seconds=90)["status"] == "succeeded"
    big = noise(2510)
    assert 18_500_000 < len(big) < 20_000_000
    person.upload(big, prompt="bounce", start="false")
    assert refused_gigabyte(product, person) == 413
    for web in product.web_processes():
        assert peak_bytes(web.pid) <= 150 * MB
        for name in (*MODELS, *CLIPS, "numpy", "cv2"):
            assert f"/{name}/" not in mapped(web.pid)


def test_a_worker_with_its_horse_stays_small(product: Product, person: Person, photo: bytes, tmp_path: Path) -> None:
    make_emoji_of_clip(person, tmp_path)
    project = person.upload(twelve_megapixels(photo), prompt="bounce", frame_count=60, candidates=1, size=512)
    drawing, maps = watched_work_horse(product)
    assert person.finished(project["job"]["id"], seconds=90)["status"] == "succeeded"
    answer = person.http.post(f"projects/{project['id']}/exports/", json={"platforms": ["gif"]})
    encoding, more_maps = watched_work_horse(product)
    (export,) = answer.json()
    assert person.get(f"exports/{export['id']}/")["status"] == "succeeded"
    worker = product.workers("bulk")[0]
    assert max(drawing, encoding) + peak_bytes(worker.pid) <= 300 * MB
    for name in (*MODELS, *CLIPS):
        assert f"/{name}/" not in maps + more_maps + mapped(worker.pid)


def processor_seconds(product: Product) -> float:
    """Return the processor time of all work-horses so far that have ended, and of their own children."""
    until(lambda: not product.work_horses("bulk"), 30, "the end of the last work-horse")
    times = [worker.cpu_times() for worker in product.workers("bulk")]
    return float(sum(each.children_user + each.children_system for each in times))


def test_the_job_takes_little_beside_its_matte(product: Product, person: Person, photo: bytes) -> None:
    before = processor_seconds(product)
    project = person.upload(photo, prompt="bounce")
    assert person.finished(project["job"]["id"], seconds=90)["status"] == "succeeded"
    # Not by the clock, which also counts what else the machine does. The matte is made elsewhere.
    spent = processor_seconds(product) - before
    assert 0.1 < spent <= 2.0
