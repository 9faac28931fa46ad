"""Edit a project step by step, and apply the messages about it as a client does."""

from __future__ import annotations

import json
from random import Random
from typing import Any
from uuid import UUID

from animations import events
from animations.consumers.auth import Subscriber
from animations.consumers.changes import changes_for
from animations.models import Candidate, Frame, Job, Project
from animations.models.transitions import revise
from animations.payloads import (
    job_payload,
    project_detail_payload,
    project_payload,
)
from tests.consumers.conftest import Message


def changes_since(subscriber: Subscriber, project_id: UUID, sent: int | None) -> list[Message]:
    """Return the messages for one subscriber, or raise as its socket would."""
    (answer,) = changes_for(project_id, {(subscriber, sent)}).values()
    if isinstance(answer, type):
        raise answer
    return [json.loads(text) for _, text in answer]


def choose(frame: Frame, ordinal: int) -> int:
    with revise(frame.project_id) as revision:
        frame.choose(revision, frame.candidates.get(ordinal=ordinal))
    return revision


def frame_at(project: Project, index: int) -> Frame:
    frame: Frame = project.current_frames().get(index=index)
    return frame


def begin_generation(project: Project) -> int:
    """Change the list of frames itself."""
    with revise(project.pk) as revision:
        project.refresh_from_db()
        project.start(revision, generation=project.generation + 1)
        Frame.objects.create(project=project, generation=project.generation, index=0, delay_ms=80, revision=revision)
    return revision


STEPS = 60
LAST = 1 + 1 + STEPS
"""The revision in the end: the project's own, one for a job, and one for each step."""


def make_changes(project_id: UUID, steps: int) -> int:
    """Make many small changes of every kind of row; return the last revision."""
    random = Random(3)
    project = Project.objects.get(pk=project_id)
    with revise(project_id) as last:
        job = Job.objects.create(project=project, kind="export", status="running", revision=last)
    for step in range(steps):
        frame = frame_at(project, random.randrange(3))
        with revise(project_id) as revision:
            last = revision
            match random.randrange(4):
                case 0:
                    frame.start(revision)
                    frame.finish(revision, frame.candidates.get(ordinal=step % 2))
                case 1:
                    frame.choose(revision, frame.candidates.get(ordinal=step % 2))
                case 2:
                    job.progress(revision, step, steps)
                case 3:
                    Candidate.objects.create(frame=frame, ordinal=10 + step, status="ready")
                    Frame.objects.filter(pk=frame.pk).update(revision=revision)
    events.flush()
    return last


def state(project_id: UUID) -> dict[str, Any]:
    """Return what a client must hold in the end: every row by its id."""
    project = Project.objects.for_payload().get(pk=project_id)
    detail = project_detail_payload(project)
    held: dict[str, Any] = {frame["id"]: frame for frame in detail["frames"]}
    held |= {str(job.pk): job_payload(job) for job in project.jobs.all()}
    return held | {"project": project_payload(project)}


def apply(held: dict[str, Any], message: Message) -> None:
    """Apply a message as a client does."""
    if message["type"] == "snapshot":
        project = dict(message["project"])
        held.update({frame["id"]: frame for frame in project.pop("frames")})
        held.update({job["id"]: job for job in message["jobs"]})
        held["project"] = project
    elif message["type"] == "project":
        held["project"] = message["project"]
    else:
        held[message[message["type"]]["id"]] = message[message["type"]]
