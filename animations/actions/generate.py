"""Making a project, and making its frames: rows are written and a job is put on its queue. No pixels here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from animations import queueing
from animations.actions import uploads
from animations.actions.errors import ActionError, Busy
from animations.actions.wishes import Motion, choose_motion
from animations.models import Candidate, Frame, Job, Preset, Project, files
from animations.models.transitions import revise
from animations.motion.recipe import read_recipe, variation

RUN: Final = "animations.jobs.run"
BOUNDS: Final = {"frame_count": (2, 60), "frame_ms": (20, 1000), "size": (64, 512), "candidates": (1, 4)}


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person may choose about a take. None keeps what the project has, or its default."""

    name: str | None = None
    preset: str | None = None
    prompt: str | None = None
    frame_count: int | None = None
    frame_ms: int | None = None
    size: int | None = None
    candidates: int | None = None
    matte: str | None = None
    generator: str | None = None

    def fields(self) -> dict[str, Any]:
        """The project's columns that these choices set, checked. Raises `ActionError`."""
        for name, (least, most) in BOUNDS.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise ActionError("invalid", f"{name} must be from {least} to {most}.", name)
        if self.matte is not None and self.matte not in Project.MatteChoice.values:
            raise ActionError("invalid_choice", f"There is no matte “{self.matte}”.", "matte")
        if self.generator is not None and self.generator not in Project.Generator.values:
            raise ActionError("invalid_choice", f"There is no generator “{self.generator}”.", "generator")
        if self.generator == Project.Generator.VIDEO:
            raise ActionError("unavailable", "Video models cannot be used yet.", "generator")
        names = ("name", *BOUNDS, "matte", "generator")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


def create_project(
    user: AbstractBaseUser, upload: UploadedFile[bytes], choices: Choices, *, start: bool = True
) -> Project:
    """A project of `user` made of an uploaded picture; with `start`, its first generate is on its way.

    Raises `ActionError`; then no row and no file is left behind.
    """
    motion = choose_motion(choices.preset, choices.prompt)
    fields = {"name": uploads.name_from(upload)} | choices.fields()
    with uploads.opened(upload) as picture:
        project_id = uuid4()
        try:
            source = uploads.store(picture, project_id)
            with transaction.atomic():
                project = Project.objects.create(pk=project_id, owner_id=user.pk, **fields, **_motion_fields(motion))
                source.save()
                if start:
                    generate(project, Choices())
        except BaseException:
            files.forget(project_id)
            raise
    return project


def generate(project: Project, choices: Choices) -> Job:
    """A new take of the project's frames with these choices; an equal wish while one is live gets the live job.

    Raises `Busy` while other work is under way, and `ActionError` for choices that cannot be granted.
    """
    fields = choices.fields()
    motion = choose_motion(choices.preset, choices.prompt) if choices.preset or choices.prompt else None
    if motion:
        fields |= _motion_fields(motion)
    try:
        with revise(project.pk) as revision:
            project.refresh_from_db()
            live = project.jobs.live().filter(kind__in=(Job.Kind.GENERATE, Job.Kind.RETRY)).first()
            if live:
                return _same_or_busy(live, project, fields)
            return _begin(project, revision, fields)
    except IntegrityError:
        live = project.jobs.live().filter(kind=Job.Kind.GENERATE).first()
        if live is None:
            raise
        return _same_or_busy(live, project, fields)


def _same_or_busy(live: Job, project: Project, fields: dict[str, Any]) -> Job:
    same = all(_plain(getattr(project, name)) == _plain(value) for name, value in fields.items())
    if live.kind == Job.Kind.GENERATE and same:
        return live
    raise Busy("This emoji is being worked on. Wait until it is finished, or cancel it first.")


def _plain(value: object) -> object:
    return value.pk if isinstance(value, Preset) else value


def _begin(project: Project, revision: int, fields: dict[str, Any]) -> Job:
    """The rows of a new take. Inside `revise`."""
    project.begin(revision, take=project.take + 1, **fields)
    project.frames.filter(take__lt=project.take - 1).delete()
    job = Job.objects.create(
        project=project,
        kind=Job.Kind.GENERATE,
        revision=revision,
        params={"take": project.take},
        total=project.frame_count * project.candidates,
    )
    frames = list(_frames(project, revision))
    Frame.objects.bulk_create(frames)
    Candidate.objects.bulk_create(_candidates(project, job, frames))
    transaction.on_commit(partial(queueing.enqueue, job.queue, RUN, str(job.pk)))
    return job


def _frames(project: Project, revision: int) -> Iterator[Frame]:
    tempo = read_recipe(project.recipe).tempo
    delay_ms = min(1000, max(20, round(project.frame_ms * tempo)))
    for index in range(project.frame_count):
        yield Frame(project=project, take=project.take, index=index, delay_ms=delay_ms, revision=revision)


def _candidates(project: Project, job: Job, frames: list[Frame]) -> Iterator[Candidate]:
    """One candidate per frame and track; a track is one recipe, and k = 0 is the canonical one."""
    canonical = read_recipe(project.recipe)
    tracks = [variation(canonical, k, track_seed(project.pk)).to_json() for k in range(project.candidates)]
    for frame in frames:
        for ordinal, recipe in enumerate(tracks):
            yield Candidate(
                frame=frame,
                job=job,
                ordinal=ordinal,
                prompt=project.prompt,
                engine="procedural",
                recipe=recipe,
            )


def track_seed(project_id: UUID) -> int:
    """The seed of a project's variations: its own, and the same each time."""
    return project_id.int % 2**31


def _motion_fields(motion: Motion) -> dict[str, Any]:
    return {
        "preset": motion.preset,
        "prompt": motion.prompt,
        "understood_as": motion.understood_as,
        "recipe": motion.recipe,
    }
