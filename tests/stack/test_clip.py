"""A clip becomes an emoji: packed over two workers, shown as it lands, in its own time, cut out by real weights."""

from __future__ import annotations

import io
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from websockets.sync.client import connect

from animations.matte.levels import apply_levels
from tests.gpu_worker.endpoint_process import LocalEndpoint
from tests.polling import until
from tests.stack.product import OVER, PHOTO, Person, Product
from tests.stack.test_memory import mapped

pytestmark = pytest.mark.stack
beside_faults = pytest.mark.xdist_group("faults")
"""With the other tests of the endpoint that sleeps, so that it is started once."""

SIZE = (320, 240)
FRAMES = 30
DELAYS = [(30, 50, 80, 120, 70, 40)[index % 6] for index in range(FRAMES)]
"""ms: each a multiple of ten, as GIF keeps them."""
PLACES = [(5, 70), (190, 80)]
"""Left and top of the mascot in the frames that the real weights see."""
SIDE = 125


def mascot() -> Image.Image:
    with Image.open(PHOTO / "mascot.png") as picture:
        return picture.convert("RGBA").resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def scene(place: tuple[int, int], faded: float = 0.0) -> Image.Image:
    """Draw the mascot in front of a photo of nothing in particular, which is white where `faded` is 1."""
    with Image.open(PHOTO / "ember.jpg") as photo:
        far = photo.convert("RGB").crop((0, 0, 200, 150)).resize(SIZE, Image.Resampling.BICUBIC)
    picture = Image.blend(far, Image.new("RGB", SIZE, "white"), faded)
    subject = mascot()
    picture.paste(subject, place, subject)
    return picture


def where(place: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return the mascot's own pixels in that frame."""
    mask = Image.new("L", SIZE)
    mask.paste(mascot().getchannel("A"), place)
    return np.asarray(mask) > 127


def walk(index: int) -> tuple[int, int]:
    return 5 + 6 * index, 60


def gif(frames: list[Image.Image], delays: list[int]) -> bytes:
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=delays, loop=0)
    return file.getvalue()


@pytest.fixture(scope="module")
def moving() -> bytes:
    """Draw the mascot walking through a photo that fades to white: no two frames are as bright in the mean."""
    return gif([scene(walk(index), index / (FRAMES - 1)) for index in range(FRAMES)], DELAYS)


def film() -> bytes:
    """Write a WebM of four frames."""
    file = io.BytesIO()
    with av.open(file, "w", "webm") as written:
        stream = written.add_stream("libvpx", rate=10)
        stream.width, stream.height = SIZE
        for step in range(4):
            written.mux(stream.encode(av.VideoFrame.from_image(scene((40 * step, 60)))))  # type: ignore[no-untyped-call]
        written.mux(stream.encode())
    return file.getvalue()


def stills(file: bytes) -> list[tuple[int, Image.Image]]:
    """Read each frame of a GIF with its delay in ms."""
    found = []
    with Image.open(io.BytesIO(file)) as image:
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            found.append((int(image.info["duration"]), image.convert("RGB")))
    return found


def alpha(person: Person, frame: dict[str, Any]) -> Image.Image:
    """Return the engine that cut out the chosen candidate of a frame."""
    (candidate,) = (each for each in frame["candidates"] if each["id"] == frame["chosen"])
    return Image.open(io.BytesIO(person.file(candidate["alpha_url"]))).convert("L")


def assert_follows(matte: Image.Image, place: tuple[int, int]) -> None:
    """Check that the subject is opaque where it is in its frame, and all else is not."""
    subject, opacity = where(place), np.asarray(matte.resize(SIZE)) / 255
    assert opacity[subject].mean() > 0.85, f"the subject at {place} is not in its matte"
    assert opacity[~subject].mean() < 0.05, f"the background around {place} is in its matte"


@dataclass
class Watch:
    """What somebody sees while a project is being made: how many frames were there at each message of the socket."""

    ready: set[str] = field(default_factory=set)
    counts: list[int] = field(default_factory=list)
    busiest: int = 0
    over: bool = False

    def apply(self, message: dict[str, Any]) -> None:
        project = message.get("project") or {}
        frames = [*project.get("frames", ()), message["frame"]] if "frame" in message else project.get("frames", ())
        self.ready |= {frame["id"] for frame in frames if frame["status"] == "ready"}
        job = message.get("job") or project.get("job") or {}
        self.over = job.get("status") in OVER
        if not self.over:
            self.counts.append(len(self.ready))


def watched(product: Product, person: Person, project: dict[str, Any], fake_gpu: LocalEndpoint) -> Watch:
    """Start the project's job and watch it by the socket to its end, and the endpoint's workers meanwhile."""
    watch, path = Watch(), f"projects/{project['id']}/"
    ticket = person.http.post("tickets/").json()["ticket"]
    address = product.base.replace("http", "ws", 1)
    with connect(f"{address}/ws/{path}?ticket={ticket}", proxy=None, max_size=None) as socket:
        assert json.loads(socket.recv(timeout=20))["type"] == "snapshot"
        assert person.http.post(f"{path}generate/", json={}).status_code == 202

        end = time.monotonic() + 90
        while not watch.over:
            assert time.monotonic() < end, "the job did not end"
            watch.busiest = max(watch.busiest, fake_gpu.health()["workers"]["running"])
            with suppress(TimeoutError):
                watch.apply(json.loads(socket.recv(timeout=0.02)))
    return watch


def exported(person: Person, project: dict[str, Any], platform: str) -> list[tuple[int, Image.Image]]:
    """Return the frames of the file made for a platform, every rule of which it keeps."""
    answer = person.http.post(f"projects/{project['id']}/exports/", json={"platforms": [platform]})
    assert answer.status_code == 202
    path = f"exports/{answer.json()[0]['id']}/"

    def finished() -> dict[str, Any] | None:
        export = person.get(path)
        return export if export["status"] not in ("queued", "running") else None

    export = until(finished, 60, f"the file for {platform}")
    assert export["status"] == "succeeded"
    assert all(check["ok"] for check in export["checks"])
    return stills(person.file(export["files"][0]["url"]))


@beside_faults
def test_a_clip_is_packed_over_two_workers_lands_frame_by_frame_and_keeps_its_time(
    faulty: Product, fake_gpu: LocalEndpoint, moving: bytes
) -> None:
    person = faulty.person()
    project = person.upload(moving, "moving.gif", matte="rembg", frame_count=FRAMES, start="false")
    watch = watched(faulty, person, project, fake_gpu)
    assert watch.busiest == 2
    steps = [after - before for before, after in pairwise(watch.counts)]
    assert min(steps) >= 0
    assert sum(step > 0 for step in steps) >= FRAMES / 3, f"the frames came in heaps: {watch.counts}"

    project = person.get(f"projects/{project['id']}/")
    job = project["job"]
    assert (project["status"], job["status"], job["done"]) == ("ready", "succeeded", FRAMES)
    assert 2 <= job["gpu"]["calls"] <= 10, "on a guess of their time, calls are small"
    assert [frame["delay_ms"] for frame in project["frames"]] == DELAYS
    for frame, (_, still) in zip(project["frames"], stills(moving), strict=True):
        assert frame["status"] == "ready"
        # The endpoint's alpha is as grey as the frame it was sent: no frame has its neighbour's.
        grey = np.full((1, 1), round(np.asarray(still.convert("L")).mean()), np.uint8)
        assert abs(np.asarray(alpha(person, frame)).mean() - apply_levels(grey)[0, 0]) < 2.5

    for platform in ("slack", "gif"):
        delays = [delay for delay, _ in exported(person, project, platform)]
        assert len(delays) == FRAMES
        assert abs(sum(delays) - sum(DELAYS)) <= 10


@beside_faults
def test_one_frame_is_matted_again_by_another_engine_and_the_others_stay(faulty: Product, moving: bytes) -> None:
    person, last = faulty.person(), FRAMES - 1
    project = person.upload(moving, "moving.gif", matte="rembg", frame_count=FRAMES)
    assert person.finished(project["job"]["id"])["status"] == "succeeded"
    before = person.get(f"projects/{project['id']}/")["frames"]
    spent = person.get("usage/")["gpu_seconds"]

    first = before[last]["chosen"]
    body = {"candidate": first, "tool": "matte", "engine": "white"}
    answer = person.http.post(f"projects/{project['id']}/frames/{last}/refine/", json=body)
    assert answer.status_code == 202, answer.text
    assert person.finished(answer.json()["id"])["status"] == "succeeded"

    after = person.get(f"projects/{project['id']}/")["frames"]
    old, new = after[last]["candidates"]
    assert (old["id"], old["engine"]) == (first, "rembg")
    assert (new["origin"], new["engine"], new["parent"], new["id"]) == (
        "refined",
        "white",
        first,
        after[last]["chosen"],
    )
    assert_follows(alpha(person, after[last]), walk(last))
    assert after[:last] == before[:last]
    assert person.get("usage/")["gpu_seconds"] == spent


def test_the_real_weights_find_the_subject_where_it_is_in_each_frame(person: Person) -> None:
    project = person.upload(gif([scene(place) for place in PLACES], [90, 200]), "moving.gif", matte="rembg")
    assert person.finished(project["job"]["id"], seconds=180)["status"] == "succeeded"
    project = person.get(f"projects/{project['id']}/")
    assert [frame["delay_ms"] for frame in project["frames"]] == [90, 200]
    for frame, place in zip(project["frames"], PLACES, strict=True):
        assert_follows(alpha(person, frame), place)
    assert len(exported(person, project, "slack")) == len(PLACES)


def test_a_video_is_opened_by_neither_web_nor_the_parent_of_a_job(product: Product, person: Person) -> None:
    project = person.upload(film(), "film.webm", matte="none")
    assert person.finished(project["job"]["id"])["status"] == "succeeded"
    assert len(person.get(f"projects/{project['id']}/")["frames"]) == 4
    workers = [product.child("emojiforge.worker", queue) for queue in ("interactive", "bulk")]
    for process in (*product.web_processes(), *workers):
        libraries = {line.split()[-1] for line in mapped(process.pid).splitlines() if "/av" in line}
        assert not any("/av.libs/" in each for each in libraries), process
