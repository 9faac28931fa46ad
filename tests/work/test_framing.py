"""What people's art shows fills its emoji: translucent art, small art in a large canvas, pixel art."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from animations import jobs, storage
from animations.actions.errors import ActionError
from animations.actions.export import export as ask_for_export
from animations.actions.generate import generate
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import create_project
from animations.actions.refine.frames import refine
from animations.actions.refine.tools import RefineTool
from animations.imaging import png
from animations.imaging.arrays import Picture
from animations.imaging.pixel_art import block_side, enlarge
from animations.models import Candidate, Export, Frame, Job, Project
from animations.work.crop_note import describe_crop
from tests.imaging.images import seen_colours, sprite
from tests.ingest.sample_clips import CLEAR, GREEN, RED, animation
from tests.work.fake_endpoint import FakeEndpoint

Place = tuple[int, int]

CASES: Final = Path(__file__).parents[1] / "data" / "cases"
SOFT: Final = ["apng", "webp"]
"""Formats with as many levels of alpha as the frames have."""

EVERY: Final = ["slack", "discord_emoji", "gif", "apng", "webp"]

Make = Callable[..., Project]


@pytest.fixture
def make(transactional_db: None, owner: Any) -> Make:
    """Make finished projects of a case's file, or of the bytes of one."""

    def make(name: str, data: bytes | None = None, **choices: Any) -> Project:
        upload = SimpleUploadedFile(name, data or (CASES / name).read_bytes())
        project = create_project(
            owner, upload, GenerateOptions(**dict[str, Any](candidates=1, frame_count=6) | choices)
        )
        run(project)
        return project

    return make


def run(project: Project) -> None:
    jobs.run(str(project.jobs.latest("created_at").pk))
    project.refresh_from_db()


def cutouts(project: Project) -> list[Picture]:
    chosen = [frame.chosen for frame in project.current_frames().select_related("chosen")]
    return [png.read(storage.read(candidate.cutout.name)) for candidate in chosen if candidate]


def exported(project: Project, platforms: list[str]) -> dict[str, list[Picture]]:
    """Return the frames, as straight RGBA, of each platform's file."""
    rows = ask_for_export(project, platforms)
    jobs.run(str(rows[0].job_id))
    made = {}
    for row in Export.objects.filter(pk__in=[row.pk for row in rows]):
        assert row.status == "succeeded", (row.platform, row.error)
        made[row.platform] = frames_of(storage.read(row.files.get().file.name))
    return made


def frames_of(data: bytes) -> list[Picture]:
    found = []
    with Image.open(BytesIO(data)) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            found.append(np.asarray(image.convert("RGBA")))
    return found


def discs(places: list[Place | None], side: int = 30, canvas: Place = (400, 300), background: Any = CLEAR) -> bytes:
    """Encode an APNG of a disc at each of these places (its top left); the background alone where there is none."""
    made = []
    for place in places:
        image = Image.new("RGBA", canvas, background)
        if place is not None:
            x, y = place
            ImageDraw.Draw(image).ellipse((x, y, x + side - 1, y + side - 1), fill=(*RED, 255))
        made.append(image)
    return animation(made, "PNG", 100)


def share(frame: Picture) -> float:
    """Measure the part of the canvas that the box round a frame's visible pixels takes."""
    rows, columns = np.nonzero(frame[..., 3] > 8)
    return float((np.ptp(rows) + 1) * (np.ptp(columns) + 1) / (frame.shape[0] * frame.shape[1]))


def middles(frames: list[Picture]) -> list[float]:
    """Find the place of each frame's visible pixels, from left to right, in px."""
    return [float(np.nonzero(frame[..., 3])[1].mean()) for frame in frames]


@pytest.mark.parametrize("name", ["ghost.png", "ghost-clip.png"])
def test_art_that_is_translucent_all_over_is_made_and_exported(make: Make, name: str) -> None:
    project = make(name, prompt="fade" if name == "ghost.png" else None)
    assert project.status == "ready"
    assert {int(cutout[..., 3].max()) > 15 for cutout in cutouts(project)} == {True}
    for frames in exported(project, EVERY).values():
        assert min(share(frame) for frame in frames) > 0.3
    for frames in exported(project, SOFT).values():
        assert min(int(frame[..., 3].max()) for frame in frames) > 15
        assert max(int(frame[..., 3].max()) for frame in frames) <= 110


def test_small_art_in_a_large_canvas_fills_its_emoji_on_every_platform(make: Make) -> None:
    project = make("tiny-in-huge.png")
    for frames in (cutouts(project), *exported(project, EVERY).values()):
        assert min(share(frame) for frame in frames) > 1 / 3
    sizes = {cutout.shape for cutout in cutouts(project)}
    assert sizes == {(62, 81, 4)}, "as sharp as the clip, and no frame cropped apart"
    assert project.notes == [{"code": "cropped", "text": describe_crop((0, 0, 81, 62), (1000, 1000))}]


def test_the_whole_picture_is_kept_when_asked_and_cropped_again_when_asked(make: Make) -> None:
    project = make("tiny-in-huge.png")
    for framing, shape in (("whole", (256, 256, 4)), (None, (256, 256, 4)), ("crop", (62, 81, 4))):
        generate(project, GenerateOptions(framing=framing))
        run(project)
        assert {cutout.shape for cutout in cutouts(project)} == {shape}
        assert bool(project.notes) == (framing == "crop")


def test_a_crop_holds_all_that_any_frame_shows_and_moves_nothing(make: Make) -> None:
    places: list[Place | None] = [(-15, 130), (100, 120), (200, 130), (300, 140), (385, 130)]
    project = make("across.png", discs(places))
    assert {cutout.shape[:2] for cutout in cutouts(project)} == {(47, 256)}, "400 × 74, shrunk to the emoji's size"
    places = [(100, 120), (120, 120), (140, 126), None, (160, 126)]
    project = make("near.png", discs(places))
    frames = cutouts(project)
    assert project.status == "ready"
    assert {frame.shape[:2] for frame in frames} == {(42, 96)}
    assert not frames[3].any()
    del frames[3]
    assert np.diff(middles(frames)) == pytest.approx(20, abs=0.1)


def test_a_clip_that_fills_its_canvas_or_shows_nothing_is_not_cropped(make: Make) -> None:
    for number, data in enumerate((discs([(0, 0), (10, 0)], 290), discs([(1, 1), (365, 265)]))):
        project = make(f"large-{number}.png", data)
        assert (cutouts(project)[0].shape[:2], project.notes) == ((192, 256), [])


def test_a_matted_clip_is_cropped_by_its_mattes_and_so_is_a_frame_that_is_matted_again(
    make: Make, endpoint: FakeEndpoint
) -> None:
    clip = discs([(280, 130), (290, 140), (300, 140)], 60, (600, 300), (*GREEN, 255))
    project = make("matted.png", clip, matte="rembg")
    frames = cutouts(project)
    (shape,) = {frame.shape for frame in frames}
    assert shape == pytest.approx((218, 218, 4), abs=1)
    assert min(share(frame) for frame in frames) > 0.85
    sent = len(endpoint.runs)
    frame = project.current_frames()[1]
    assert frame.chosen_id is not None
    job = refine(frame, frame.chosen_id, RefineTool("matte", "sam"))
    jobs.run(str(job.pk))
    made = Candidate.objects.get(job=job)
    assert png.read(storage.read(made.cutout.name)).shape == shape
    assert [run["params"] for run in endpoint.runs[sent:]] == [{"box": pytest.approx([171, 43, 341, 213], abs=3)}]


def test_a_run_that_starts_again_keeps_the_crop(make: Make) -> None:
    project = make("walk.png", discs([(100, 120), (140, 120), (180, 120)]))
    before = [frame.tobytes() for frame in cutouts(project)]
    Frame.objects.filter(index=1).update(status="pending", chosen=None)
    Candidate.objects.filter(frame__index=1).update(status="pending", cutout="")
    Project.objects.update(status="working")
    Job.objects.update(status="queued", finished_at=None)
    run(project)
    assert [frame.tobytes() for frame in cutouts(project)] == before


def test_a_clip_that_waits_for_the_gpu_shows_its_frames_as_they_come_unless_a_crop_gains_much(
    make: Make, endpoint: FakeEndpoint
) -> None:
    clip = discs([(180, 130), (190, 140), (200, 140)], 60, background=(*GREEN, 255))
    project = make("matted.png", clip, matte="rembg")
    assert {frame.shape[:2] for frame in cutouts(project)} == {(192, 256)}
    project = make("keyed.png", discs([(180, 130), (200, 140)], 60, background=(255, 255, 255, 255)), matte="white")
    assert {frame.shape[:2] for frame in cutouts(project)} == {(74, 84)}


def test_pixel_art_keeps_its_colours_and_its_blocks_on_every_platform(make: Make) -> None:
    project = make("pixel.gif")
    own = seen_colours(cutouts(project))
    assert len(own) == 4
    for platform, frames in exported(project, EVERY).items():
        if platform != "webp":
            assert seen_colours(frames) == own
    for frames in exported(project, ["slack", "discord_emoji"]).values():
        assert {block_side(frame) for frame in frames} == {8}


def test_a_drawn_picture_is_fitted_to_what_it_shows_unless_all_of_it_is_wanted(make: Make) -> None:
    small = Image.new("RGBA", (600, 400), CLEAR)
    ImageDraw.Draw(small).ellipse((30, 40, 89, 99), fill=(*RED, 255))
    data = BytesIO()
    small.save(data, "PNG")
    project = make("small.png", data.getvalue(), prompt="subtle float")
    assert project.notes == [{"code": "cropped", "text": describe_crop((0, 0, 64, 64), (600, 400))}]
    assert min(share(frame) for frame in cutouts(project)) > 0.6
    generate(project, GenerateOptions(framing="whole"))
    run(project)
    assert project.notes == []
    assert max(share(frame) for frame in cutouts(project)) < 0.02
    frame = project.current_frames().select_related("chosen")[0]
    assert frame.chosen_id is not None
    jobs.run(str(refine(frame, frame.chosen_id, RefineTool("matte", "none")).pk))
    assert share(cutouts(project)[0]) < 0.02


def test_a_framing_that_there_is_not_is_refused(make: Make) -> None:
    with pytest.raises(ActionError, match="no framing “half”"):
        make("pixel.gif", framing="half")


def test_a_drawn_pixel_picture_keeps_its_colours_in_the_file(make: Make) -> None:
    data = BytesIO()
    Image.fromarray(enlarge(sprite(32, 16), 3)).save(data, "PNG")
    project = make("sprite.png", data.getvalue(), prompt="bounce")
    for frames in (cutouts(project), *exported(project, ["slack", "gif", "apng"]).values()):
        assert seen_colours(frames) <= seen_colours([sprite(32, 16)])


@pytest.mark.parametrize("name", ["watercolour", "glow"])
def test_soft_art_is_made_and_exported(make: Make, name: str) -> None:
    y, x = np.mgrid[:200, :240]
    away = np.hypot(x - 120, y - 100)
    alpha = np.clip(150 - 1.6 * away, 0, 90) if name == "watercolour" else 255 * np.exp(-np.square(away / 30))
    art = np.full((200, 240, 4), (60, 140, 220, 0), np.uint8)
    art[..., 3] = alpha
    art[0, 0], art[199, 239] = (0, 0, 0, 1), (0, 0, 0, 1)
    data = BytesIO()
    Image.fromarray(art).save(data, "PNG")
    project = make(f"{name}.png", data.getvalue(), prompt="pulse")
    assert project.status == "ready"
    for frames in (cutouts(project), *exported(project, EVERY).values()):
        assert min(share(frame) for frame in frames) > 0.15


@pytest.mark.parametrize(
    ("times", "size", "shape"), [(10, 256, 16 * 10), (10, 100, 6 * 16), (4, 256, 64), (16, 128, 128)]
)
def test_a_clip_of_enlarged_pixel_art_is_shrunk_by_whole_numbers(
    make: Make, times: int, size: int, shape: int
) -> None:
    with Image.open(CASES / "pixel.gif") as clip:
        pictures = []
        for number in range(getattr(clip, "n_frames", 1)):
            clip.seek(number)
            frame = np.asarray(clip.convert("RGBA"))
            pictures.append(Image.fromarray(enlarge(frame, times)))
    project = make("large.png", animation(pictures, "PNG", 100), size=size)
    frames = cutouts(project)
    assert {frame.shape for frame in frames} == {(shape, shape, 4)}
    assert {block_side(frame) for frame in frames} == {shape // 16}
    for made in exported(project, ["slack", "apng"]).values():
        assert seen_colours(made) == seen_colours([np.asarray(picture) for picture in pictures])
