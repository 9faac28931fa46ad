"""Compare every stored file with the row that names it: `manage.py check_files`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from animations.management.database_command import DatabaseCommand
from animations.models import Project
from animations.work.repair.damage import find_damage
from animations.work.repair.repair import repair


class Command(DatabaseCommand):
    """Find stored files that are missing, cut short or corrupt; with `--repair`, make them again."""

    help = "Find stored files that are missing, cut short or corrupt. Ends with 1 when something is left to do."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--repair`."""
        parser.add_argument("--repair", action="store_true", help="make them again, or have a job make them again")

    def handle(self, *_: Any, **options: Any) -> None:
        """Check one project after the other, so that their number does not matter."""
        damaged, left = 0, 0
        for project_id in Project.objects.order_by("pk").values_list("pk", flat=True).iterator():
            report = repair(project_id) if options["repair"] else find_damage(project_id)
            damaged += len(report.damaged)
            is_repaired = options["repair"] and not report.is_busy
            left += len(report.lost if is_repaired else report.damaged)
            for name in sorted(report.damaged):
                self.stdout.write(f"{name}: {report.outcome_of(name) if is_repaired else 'damaged'}")
        self.stdout.write(f"{damaged} damaged files.")
        if left:
            raise CommandError(f"{left} of them are not repaired. Run it with --repair, while nobody works on them.")
