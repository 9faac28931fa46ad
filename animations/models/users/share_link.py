"""Private links: who has one may look at an emoji, and download its files."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import models
from django.utils import timezone

from animations.models.project import Project


def new_token() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


class ShareLink(models.Model):
    """The link of a project, of which there is one at most: another one takes its place."""

    class Days(models.IntegerChoices):
        """How many days a link may last."""

        DAY = 1, "a day"
        WEEK = 7, "a week"
        MONTH = 30, "30 days"

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="share_link")
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Link to {self.project_id}"

    @classmethod
    def replace(cls, project: Project, expires_at: datetime) -> ShareLink:
        """Give the project a new link; the one before leads nowhere from now on."""
        values = {"token": new_token(), "expires_at": expires_at}
        return cls.objects.update_or_create(project=project, defaults=values)[0]


def shared_projects(token: str) -> models.QuerySet[Project]:
    """Return the project that a link leads to; none for a link that was revoked or has expired."""
    return Project.objects.filter(
        trashed_at=None, owner__is_active=True, share_link__token=token, share_link__expires_at__gt=timezone.now()
    )
