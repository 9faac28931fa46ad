"""Renaming and deleting."""

from __future__ import annotations

from animations import events
from animations.actions.errors import ActionError
from animations.models import Project


def rename(project: Project, name: str) -> Project:
    """Give the project another name. Raises `ActionError` for an empty or overlong one."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= Project.NAME_LENGTH:
        raise ActionError("invalid", f"A name has 1 to {Project.NAME_LENGTH} characters.", "name")
    project.rename(name)
    return project


def delete(project: Project) -> None:
    """The project, its rows and its files. A run that still works on it finds its lease gone and stops."""
    project_id, revision = project.pk, project.revision
    project.delete()
    events.publish(project_id, revision + 1)
