"""Making a project, and making its frames: rows are written and a job is put on its queue. No pixels here."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from animations import storage
from animations.actions import uploads
from animations.actions.engines import check_engine
from animations.actions.errors import Busy
from animations.actions.plan.generation import build_candidates, build_frames, planned
from animations.actions.plan.motions import choose_motion
from animations.actions.plan.options import GenerateOptions
from animations.actions.quota import check_quota
from animations.matte.engines import AUTO, engine_for, needs_gpu
from animations.models import Candidate, Frame, Job, Preset, Project
from animations.models.transitions import revise


def create_project(
    user: AbstractBaseUser, upload: UploadedFile[bytes], choices: GenerateOptions, *, start: bool = True
) -> Project:
    """A project of `user` made of an uploaded picture or clip; with `start`, its first generate is on its way.

    Raises `ActionError`; then no row and no file is left behind.
    """
    choices.fields()
    if choices.preset or choices.prompt:  # what is wrong with words is said before the file is opened
        choose_motion(choices.preset, choices.prompt)
    with uploads.decode_upload(upload) as picture:
        project_id = uuid4()
        try:
            source = uploads.store(picture, project_id)
            fields = {"name": uploads.project_name(upload)} | planned(source, choices)
            with transaction.atomic():
                project = Project.objects.create(pk=project_id, owner_id=user.pk, **fields)
                source.project = project
                source.save()
                if start:
                    generate(project, GenerateOptions())
        except BaseException:
            storage.delete_project_files(project_id)
            raise
    return project


def generate(project: Project, choices: GenerateOptions) -> Job:
    """A new take of the project's frames with these choices; an equal wish while one is live gets the live job.

    Raises `Busy` while other work is under way, and `ActionError` for choices that cannot be granted.
    """
    fields: dict[str, Any] = {}
    try:
        with revise(project.pk) as revision:
            project.refresh_from_db()
            fields = planned(project.source, choices, project)
            live = project.jobs.live().exclude(kind=Job.Kind.EXPORT).first()
            if live:
                return _same_or_busy(live, project, fields)
            return _begin(project, revision, fields)
    except IntegrityError:
        live = project.jobs.live().filter(kind=Job.Kind.GENERATE).first()
        if live is None:
            raise
        return _same_or_busy(live, project, fields)


def _same_or_busy(live: Job, project: Project, fields: dict[str, Any]) -> Job:
    chosen = {name: value for name, value in fields.items() if name != "notes"}  # those follow from the others
    same = all(_plain(getattr(project, name)) == _plain(value) for name, value in chosen.items())
    if live.kind == Job.Kind.GENERATE and same:
        return live
    raise Busy.on("emoji")


def _plain(value: object) -> object:
    return value.pk if isinstance(value, Preset) else value


def _needs_gpu(project: Project, fields: dict[str, Any]) -> bool:
    """Whether the take needs a matte that is not there yet; a clip's frames may have been matted, but not all."""
    source = project.source
    engine = engine_for(fields.get("matte", project.matte), source.ground)
    clip = fields.get("generator", project.generator) == Project.Generator.CLIP
    return needs_gpu(engine) and (clip or not source.mattes.filter(engine=engine).exists())


def _begin(project: Project, revision: int, fields: dict[str, Any]) -> Job:
    """The rows of a new take. Inside `revise`."""
    if _needs_gpu(project, fields):
        if (engine := fields.get("matte", project.matte)) != AUTO:
            check_engine(engine, "matte")
        check_quota(project.owner)
    project.begin(revision, generation=project.generation + 1, clip_layout={}, **{"notes": [], **fields})
    project.frames.filter(generation__lt=project.generation - 1).delete()
    job = Job.enqueue(
        project=project,
        kind=Job.Kind.GENERATE,
        revision=revision,
        params={"generation": project.generation},
        total=project.frame_count * project.candidates,
    )
    frames = list(build_frames(project, revision))
    Frame.objects.bulk_create(frames)
    Candidate.objects.bulk_create(build_candidates(project, job, frames))
    return job
