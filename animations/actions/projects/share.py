"""Share a project by a private link, for a while."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from animations.actions.errors import ActionError
from animations.models import Guest, Project
from animations.models.users.share_link import ShareLink


def share(project: Project, days: int) -> ShareLink:
    """Make a new link to the project, in place of another. Raises `ActionError` (403) for guests."""
    if Guest.objects.filter(pk=project.owner_id).exists():
        raise ActionError("guest", "Sign up to share your emojis.", status=403)
    return ShareLink.replace(project, timezone.now() + timedelta(days=days))


def stop_sharing(project: Project) -> None:
    """Revoke the project's link; without one nothing happens."""
    ShareLink.objects.filter(project=project).delete()
