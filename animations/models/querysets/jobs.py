"""Which jobs a person may see, which are live, and which are due on a queue."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from animations.models.project import Project

if TYPE_CHECKING:
    from animations.models.job import Job  # noqa: F401  (named as text below)


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the jobs of the user's own projects."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def editable_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the jobs that the user may cancel."""
        return self.visible_to(user)

    def live(self) -> Self:
        """Return the jobs that are queued or running."""
        return self.filter(status__in=self.model.LIVE)

    def changing_frames(self) -> Self:
        """Return the jobs that do more than make files of finished frames."""
        return self.exclude(kind__in=self.model.MAKING_FILES)

    def previews(self) -> Self:
        """Return the jobs that make files to be looked at in the studio."""
        return self.filter(kind=self.model.Kind.PREVIEW)

    def owned_by(self, owner_id: Any, queue: str) -> Self:
        """Return the jobs of a person that go on this queue."""
        kinds = [kind for kind, name in self.model.QUEUES.items() if name == queue]
        return self.filter(project__owner_id=owner_id, kind__in=kinds)

    def waiting_for_matte(self) -> Self:
        """Return the jobs that have given their turn back, and not because the GPU is away."""
        return self.filter(
            status=self.model.Status.QUEUED, enqueued_at=None, not_before__isnull=False, waiting_since=None
        )

    def undispatched(self) -> Self:
        """Return the jobs that are due and not on their queues, since others of their owners are; oldest first."""
        due = Q(not_before__isnull=True) | Q(not_before__lte=timezone.now())
        waiting = self.filter(due, status=self.model.Status.QUEUED, enqueued_at__isnull=True)
        return waiting.order_by("created_at", "pk")

    def clamp_to_clock(self) -> None:
        """Let no lease, no stay on a queue and no wait for the GPU reach further than one that begins now would.

        A clock that is set back leaves times far ahead, and a job whose run has died would wait for them.
        """
        now = timezone.now()
        self.live().filter(lease_until__gt=now + self.model.LEASE).update(lease_until=now + self.model.LEASE)
        self.live().filter(enqueued_at__gt=now + self.model.LEASE).update(enqueued_at=now)
        self.live().filter(waiting_since__gt=now).update(waiting_since=now)
        self.live().filter(not_before__gt=now + self.model.LONGEST_PAUSE).update(not_before=now)

    def unattended(self, quiet_since: datetime) -> Self:
        """Return live jobs without a lease that were put on a queue before `quiet_since`, in the order of that."""
        now = timezone.now()
        idle = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        return self.live().filter(idle, Q(enqueued_at__lte=quiet_since)).order_by("enqueued_at", "created_at", "pk")
