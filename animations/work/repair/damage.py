"""Find the stored files of a project that a row names and that are missing, cut short or corrupt."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from animations import storage
from animations.work.cleanup.project_files import named_files


@dataclass(slots=True)
class DamageReport:
    """What was found in one project, by the names of the files, and what became of it."""

    damaged: set[str]
    rebuilt: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    """Originals: only their person has them."""

    is_busy: bool = False
    """A job was live, so nothing was repaired."""

    def outcome_of(self, name: str) -> str:
        """Return in words what became of a damaged file."""
        if name in self.lost:
            return "lost; its person has to upload the picture again"
        return "made again" if name in self.rebuilt else "to be made again"


def find_damage(project_id: UUID) -> DamageReport:
    """Read every file of the project and compare it with its name."""
    return DamageReport({name for name in named_files(project_id) if not storage.is_intact(name)})
