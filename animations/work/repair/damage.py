"""Find the stored files of a project that a row names and that are missing, cut short or corrupt."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from animations import storage
from animations.work.cleanup.project_files import named_files


@dataclass(slots=True)
class DamageReport:
    """The damaged files of one project by name, and the outcome for each."""

    damaged: set[str]
    rebuilt: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    """Originals, which only the person who uploaded them has."""

    is_busy: bool = False
    """A job was live, so nothing was repaired."""

    def outcome_of(self, name: str) -> str:
        """Return the outcome for a damaged file in words."""
        if name in self.lost:
            return "lost; the picture has to be uploaded again"
        return "rebuilt" if name in self.rebuilt else "to be rebuilt"


def find_damage(project_id: UUID) -> DamageReport:
    """Read every file of the project and compare its digest with its name."""
    return DamageReport({name for name in named_files(project_id) if not storage.is_intact(name)})
