"""Make a set without a browser: `manage.py make_set PICTURE --motions "bounce, nod, party" --pack SLUG -o FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError, CommandParser

from animations import storage
from animations.actions.errors import ActionError
from animations.actions.packs.request import PackOptions, request_pack
from animations.actions.plan.options import GenerateOptions
from animations.actions.projects.delete import delete
from animations.actions.sets.create import create_set
from animations.actions.sets.motions import split_lines
from animations.encode.packs.table import STORES
from animations.management.commands import make_emoji
from animations.management.local_gpu import reachable_endpoint
from animations.management.quiet_log import errors_only
from animations.matte.engines import AUTO, MATTE_CHOICES
from animations.models import EmojiSet, Job, Pack


class Command(make_emoji.Command):
    """Create a set, run its jobs in this process, write the store's ZIP, and delete the set with its emoji."""

    help = "Make several animated emoji of a picture, and a store's pack of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a picture, motions and a store."""
        parser.add_argument("picture", type=Path)
        parser.add_argument("--motions", required=True, help="words or presets' slugs, separated by commas")
        parser.add_argument("--pack", required=True, choices=STORES)
        parser.add_argument("--title", default="", help="by default the name of the picture")
        parser.add_argument("--author", default="")
        parser.add_argument("--matte", default=AUTO, choices=dict(MATTE_CHOICES))
        parser.add_argument("-o", "--output", type=Path, required=True, help="the ZIP")

    @errors_only()
    def handle(self, *_: Any, picture: Path, output: Path | None, **options: Any) -> None:
        """Make the set. Raises `CommandError` with the reason where that fails."""
        assert output is not None
        if not output.parent.is_dir():
            raise CommandError(f"{output} cannot be written: there is no such folder.")
        shell, _made = get_user_model().objects.get_or_create(
            username=make_emoji.SHELL_USER, defaults={"is_active": False}
        )
        motions = split_lines([options["motions"].replace(",", "\n")])
        chosen = GenerateOptions(candidates=1, matte=options["matte"])
        try:
            emoji_set = create_set(shell, self._upload(picture), motions, chosen)
        except ActionError as error:
            raise CommandError(error.detail) from error
        projects = list(emoji_set.shown_projects())
        try:
            self._make_pack(emoji_set, PackOptions(options["pack"], options["title"], options["author"]), output)
        finally:
            for project in projects:
                delete(project)

    def _make_pack(self, emoji_set: EmojiSet, asked: PackOptions, output: Path) -> None:
        with reachable_endpoint():
            for job in Job.objects.filter(project__emoji_set=emoji_set).order_by("created_at", "pk"):
                self._run(job)
        try:
            pack = request_pack(emoji_set, asked)
        except ActionError as error:
            raise CommandError(error.detail) from error
        self._run(pack.job)
        pack.refresh_from_db()
        self._write_pack(pack, output)

    def _write_pack(self, pack: Pack, output: Path) -> None:
        file = pack.files.filter(name__endswith=".zip").first()
        if file is None:
            raise CommandError(pack.error or "No ZIP was made.")
        try:
            output.write_bytes(storage.read(file.file.name))
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        for lacking in pack.missing:
            self.stdout.write(f"  missing: {lacking['text']}")
        self.stdout.write(f"{output}: {output.stat().st_size} bytes")
