"""Make an emoji without a browser: `manage.py make_emoji PICTURE --motion WORDS --platform SLUG -o FILE`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from animations import storage
from animations.actions.errors import ActionError
from animations.actions.export import check_platform, export
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.create import create_project
from animations.actions.projects.delete import delete
from animations.actions.uploads import max_megabytes
from animations.encode.platforms import PLATFORMS
from animations.ingest.formats import FORMAT_NAMES
from animations.management.database_command import DatabaseCommand
from animations.management.local_gpu import reachable_endpoint
from animations.management.quiet_log import errors_only
from animations.matte.engines import AUTO, MATTE_CHOICES
from animations.models import Export, Job, Project
from animations.payloads import sum_gpu_use
from animations.work.run import run

SHELL_USER = "shell"
EVERY: Final = "all"
FPS_LIMITS = Project.LIMITS["clip_fps"]
PATIENCE_SECONDS: Final = 600.0
"""For a job that a worker of a running product has."""
POLL_SECONDS: Final = 0.2


class Command(DatabaseCommand):
    """Create a project, run its jobs in this process, write the file, and delete the project."""

    help = "Make an animated emoji of a picture or a clip, by the same path that the pages take."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a picture, a motion, a platform and the options."""
        parser.add_argument("picture", type=Path, help=f"{FORMAT_NAMES}, up to {max_megabytes()} MB")
        parser.add_argument("--motion", default="", help="words such as “subtle bounce”; a clip needs none")
        parser.add_argument("--preset", default="", help="the slug of a curated motion, instead of words")
        parser.add_argument("--platform", default="slack", help="slack, telegram_sticker, gif … or all")
        parser.add_argument("-o", "--output", type=Path, help="a file, or a folder for its own name")
        for option, name in (("--frames", "frame_count"), ("--frame-ms", "frame_ms"), ("--size", "size")):
            least, most = Project.LIMITS[name]
            usual = getattr(Project(), name)
            parser.add_argument(option, type=int, dest=name, help=f"{least}–{most}, by default {usual}")
        parser.add_argument("--start-ms", type=int, help="of a clip: where the loop begins")
        parser.add_argument("--end-ms", type=int, help="of a clip: where it ends, at most 10 s later")
        parser.add_argument("--fps", type=int, help="of a clip: {}–{}; its own frames by default".format(*FPS_LIMITS))
        parser.add_argument("--matte", default=AUTO, choices=dict(MATTE_CHOICES))
        parser.add_argument("--framing", default="crop", choices=Project.Framing.values)

    @errors_only()  # nobody watches, and this process does the jobs itself: Redis need not be there
    def handle(self, *_: Any, picture: Path, platform: str, output: Path | None, **options: Any) -> None:
        """Make the emoji. Raises `CommandError` with the reason where that fails."""
        if output and not output.parent.is_dir():
            raise CommandError(f"{output} cannot be written: there is no such folder.")
        upload = self._upload(picture)
        try:
            if platform != EVERY:
                check_platform(platform)
            people = get_user_model().objects
            shell = people.get_or_create(username=SHELL_USER, defaults={"is_active": False})
            project = create_project(shell[0], upload, self._options(options))
        except ActionError as error:
            raise CommandError(error.detail) from error
        try:
            self._make(project, platform, output)
        finally:
            delete(project)

    def _options(self, options: dict[str, Any]) -> GenerateOptions:
        return GenerateOptions(
            preset=options["preset"] or None,
            prompt=options["motion"] or None,
            frame_count=options["frame_count"],
            frame_ms=options["frame_ms"],
            size=options["size"],
            matte=options["matte"],
            framing=options["framing"],
            candidates=1,
            clip_start_ms=options["start_ms"],
            clip_end_ms=options["end_ms"],
            clip_fps=options["fps"],
        )

    def _upload(self, picture: Path) -> SimpleUploadedFile:
        try:
            return SimpleUploadedFile(picture.name, picture.read_bytes())
        except OSError as error:
            raise CommandError(f"{picture} cannot be read: {error.strerror}") from error

    def _make(self, project: Project, platform: str, output: Path | None) -> None:
        with reachable_endpoint():
            self._run(project.jobs.get())
        project.refresh_from_db(fields=["notes"])
        for note in project.notes:
            self.stdout.write(f"note: {note['text']}")
        try:
            exports = export(project, list(PLATFORMS) if platform == EVERY else [platform])
        except ActionError as error:
            raise CommandError(error.detail) from error
        self._run(exports[0].job, exports)
        for made in exports:
            if made.status == Export.Status.FAILED:
                self.stdout.write(f"{made.platform}: {made.error}")
            else:
                self._write(made, output)

    def _run(self, job: Job, exports: Sequence[Export] = ()) -> None:
        """Do the job here and now; if a worker of a running product has it already, wait for that one.

        Raises `CommandError` where it fails, with the reason of the first of its `exports` that has one.
        """
        run(str(job.pk))
        self._wait(job)
        for made in exports:
            made.refresh_from_db()
        if job.status != Job.Status.SUCCEEDED:
            reasons = [made.error for made in exports if made.error]
            raise CommandError((reasons or [job.error or f"The job was {job.status}."])[0])
        use = sum_gpu_use(job.gpu_calls.all())
        seconds = (job.finished_at - job.started_at).total_seconds() if job.finished_at and job.started_at else 0
        self.stdout.write(
            f"{job.kind}: {seconds:.1f} s, {use['calls']} GPU calls, {use['execution_ms']} ms on the GPU"
        )

    def _wait(self, job: Job) -> None:
        """Wait until the job is over, and run it again where it has waited for the GPU for long enough."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        job.refresh_from_db()
        while job.is_live:
            if job.not_before and job.not_before <= timezone.now():
                run(str(job.pk))
            if time.monotonic() > give_up:
                if job.waiting_since:
                    raise CommandError("The GPU cannot be had at the moment. Try again later.")
                raise CommandError(f"The job is still {job.status}: the worker that has it may be stuck. Try again.")
            time.sleep(POLL_SECONDS)
            job.refresh_from_db()

    def _write(self, made: Export, output: Path | None) -> None:
        """Write the file to `output`, a folder that is there or a file, and say what it keeps."""
        file = made.files.first()
        if file is None:
            raise CommandError(made.error or "No file was made.")
        target = output or Path(file.name)
        try:
            target = target / file.name if target.is_dir() else target
            target.write_bytes(storage.read(file.file.name))
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
        for check in made.checks:
            mark = "ok" if check["ok"] else "NOT KEPT"
            self.stdout.write(f"  {check['rule']}: {check['actual']} (limit {check['limit']}) {mark}")
        for step in made.steps:
            self.stdout.write(f"  {step}")
        pixels = f"{file.width}×{file.height} px"
        self.stdout.write(f"{target}: {pixels}, {file.frames} frames, {file.duration_ms} ms, {file.bytes} bytes")
