"""Guests: people who try the product before they have an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.db import models
from django.utils import timezone

SESSION_KEY: Final = "guest"
"""Of the session: the guest's user."""
KEPT: Final = timedelta(days=2)
"""Then a guest is deleted with all that they have not kept by signing up."""


class GuestQuerySet(models.QuerySet["Guest"]):
    def today(self) -> Self:
        """Return the guests of the last 24 hours."""
        return self.filter(created_at__gt=timezone.now() - timedelta(hours=24))

    def outdated(self) -> Self:
        """Return the guests whose time is over, and who are not being deleted yet."""
        return self.filter(created_at__lte=timezone.now() - KEPT, user__deletion__isnull=True)


class Guest(models.Model):
    """A user without a password or an address, known by one session alone.

    To every door they are an owner like others. Who signs up or logs in takes over what they made (`claimed_by`).
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="guest"
    )
    address_digest = models.CharField(max_length=32)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = GuestQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["address_digest", "created_at"])]

    def __str__(self) -> str:
        return f"Guest {self.user_id}"


def guest_of(session: SessionBase) -> User | None:
    """Return the guest whom a session belongs to; None once their work was claimed or their time is over."""
    pk = session.get(SESSION_KEY)
    if pk is None:
        return None
    guests = User.objects.filter(pk=pk, is_active=True, guest__isnull=False, guest__claimed_by=None)
    return guests.select_related("guest").first()
