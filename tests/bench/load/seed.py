"""Fill a fresh product with people who have one finished emoji each: `python -m tests.bench.load.seed PEOPLE`.

Rows and files are written directly, in a second; to draw them all would take a quarter of an hour.
"""

from __future__ import annotations

import io
import json
import os
import sys
from typing import Any

import django

FRAMES, CANDIDATES, SIZE = 12, 3, 256
"""What a new emoji has by default."""


def picture() -> bytes:
    """Draw a PNG about as heavy as a drawn frame."""
    from PIL import Image

    kept = io.BytesIO()
    Image.effect_noise((SIZE, SIZE), 20).convert("RGBA").save(kept, "PNG")
    return kept.getvalue()


def make_person(number: int) -> dict[str, Any]:
    """Make a person who is signed in, and their emoji; return what a client has to know of them."""
    from django.contrib.auth.models import User
    from django.test import Client

    person = User.objects.create(username=f"person-{number}", email=f"person-{number}@example.com")
    browser = Client()
    browser.force_login(person)
    return {"session": browser.cookies["sessionid"].value, **make_project(person, picture())}


def make_project(person: Any, png: bytes) -> dict[str, Any]:
    """Make a finished emoji whose candidates share one file."""
    from animations import storage
    from animations.models import Job, Matte, Project, Source

    project = Project.objects.create(
        owner=person, name="Face", status="ready", prompt="bounce", understood_as="bounce", generation=1, revision=1,
        frame_list_revision=1, frame_count=FRAMES, candidates=CANDIDATES,
    )  # fmt: skip
    name = storage.save(project.pk, png, "png")
    source = Source.objects.create(
        project=project, original=name, original_format="png", picture=name, width=SIZE, height=SIZE
    )
    source.matte = Matte.objects.create(source=source, engine="rembg", alpha=name, cutout=name)
    source.save(update_fields=["matte"])
    job = Job.objects.create(project=project, kind="generate", status="succeeded", revision=1, done=FRAMES)
    chosen = make_frames(project, job, name)
    return {"project": str(project.pk), "job": str(job.pk), "candidates": chosen, "etag": name[-44:-4]}


def make_frames(project: Any, job: Any, name: str) -> list[list[str]]:
    """Make the frames with their candidates, which show the file `name`; return the candidates' ids by frame."""
    from animations.models import Candidate, Frame

    frames = [
        Frame(project=project, generation=1, index=index, delay_ms=80, status="ready", revision=1)
        for index in range(FRAMES)
    ]
    candidates = [
        Candidate(
            frame=frame, ordinal=ordinal, status="ready", job=job, picture=name, alpha=name, cutout=name, seam=1.0
        )
        for frame in frames
        for ordinal in range(CANDIDATES)
    ]
    Frame.objects.bulk_create(frames)
    Candidate.objects.bulk_create(candidates)
    for frame in frames:
        frame.chosen = next(one for one in candidates if one.frame is frame)
    Frame.objects.bulk_update(frames, ["chosen"])
    return [[str(one.pk) for one in candidates if one.frame is frame] for frame in frames]


def main() -> int:
    """Write the people's facts as JSON to stdout."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emojiforge.settings")
    django.setup()
    from django.db import transaction

    with transaction.atomic():
        people = [make_person(number) for number in range(int(sys.argv[1]))]
    sys.stdout.write(json.dumps(people))
    return 0


if __name__ == "__main__":
    sys.exit(main())
