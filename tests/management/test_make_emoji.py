"""The command `make_emoji`: it waits for a worker that has its job, prints notes, and names what fails."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from PIL import Image

from animations.management.commands import make_emoji
from animations.models import Job, Project

CASES: Final = Path(__file__).parents[1] / "data" / "cases"


def test_a_job_that_a_worker_holds_is_waited_for_until_patience_ends(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = project.jobs.get(kind="generate")
    lease = {"lease_token": uuid4(), "lease_until": timezone.now() + timedelta(minutes=1)}
    Job.objects.filter(pk=job.pk).update(status="running", **lease)
    monkeypatch.setattr(make_emoji, "PATIENCE_SECONDS", 0.3)
    with pytest.raises(CommandError, match="still running"):
        make_emoji.Command()._run(job)


def test_a_job_that_waits_for_the_gpu_is_run_again_until_patience_ends(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = project.jobs.get(kind="generate")
    now, runs = timezone.now(), list[str]()
    Job.objects.filter(pk=job.pk).update(status="queued", waiting_since=now, not_before=now)
    monkeypatch.setattr(make_emoji, "run", runs.append)
    monkeypatch.setattr(make_emoji, "PATIENCE_SECONDS", 0.6)
    with pytest.raises(CommandError, match="GPU cannot be had"):
        make_emoji.Command()._run(job)
    assert len(runs) > 1


def test_notes_are_printed(settings: Any, tmp_path: Path, transactional_db: None) -> None:
    settings.RUNPOD_API_KEY = "never used"  # so that no local endpoint is started: the pictures keep their background
    said = io.StringIO()
    clip, made = CASES / "long-first-frame.gif", tmp_path / "out.gif"
    call_command("make_emoji", clip, matte="none", platform="gif", output=made, stdout=said)
    assert "note: Pictures that stay longer than 9.90 s" in said.getvalue()
    with Image.open(made) as picture:
        assert getattr(picture, "n_frames", 1) == 2


def test_a_wrong_platform_or_folder_is_named_before_anything_is_made(
    tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_emoji, "create_project", pytest.fail)
    clip = CASES / "long-first-frame.gif"
    with pytest.raises(CommandError, match="no platform “slak”"):
        call_command("make_emoji", clip, platform="slak")
    with pytest.raises(CommandError, match="no such folder"):
        call_command("make_emoji", clip, output=tmp_path / "nowhere" / "out.gif")


def test_a_file_that_cannot_be_written_or_made_is_named_in_words(
    settings: Any, tmp_path: Path, transactional_db: None
) -> None:
    settings.RUNPOD_API_KEY = "never used"
    with pytest.raises(CommandError, match="cannot be written: File name too long"):
        call_command(
            "make_emoji",
            CASES / "long-first-frame.gif",
            matte="none",
            output=tmp_path / ("x" * 300),
            stdout=io.StringIO(),
        )
    faint = tmp_path / "faint.png"
    Image.new("RGBA", (64, 64), (255, 0, 0, 3)).save(faint)
    with pytest.raises(CommandError, match="Nothing shows in any frame"):
        call_command("make_emoji", faint, motion="bounce", output=tmp_path / "out.gif", stdout=io.StringIO())


def test_every_platform_gets_its_file_in_the_folder(
    settings: Any, tmp_path: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_emoji, "PLATFORMS", ["slack", "telegram_emoji", "png_zip"])
    settings.RUNPOD_API_KEY = "never used"
    said = io.StringIO()
    clip = CASES / "long-first-frame.gif"
    call_command("make_emoji", clip, matte="none", platform="all", output=tmp_path, stdout=said)
    made = {path.name.removeprefix("long-first-frame-") for path in tmp_path.iterdir()}
    assert made == {"slack.gif", "telegram-emoji.webm", "png-zip.zip"}
    assert "NOT KEPT" not in said.getvalue()
