"""Idempotency keys: a spending request that is sent again gets the same answer again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils import timezone

MAX_LENGTH: Final = 200
"""Of a key, and of a route."""


class IdempotencyKey(models.Model):
    """One `Idempotency-Key` of one user on one route, with its answer.

    in progress (`status_code` 0) ──> answered;   in progress ──> taken over by another request | released (deleted)

    `created_at` marks the claim: whoever takes over sets it anew, and the first request's writes no longer match.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    route = models.CharField(max_length=MAX_LENGTH)
    key = models.CharField(max_length=MAX_LENGTH)
    body_digest = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "route", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"

    def take_over(self, abandoned_after: timedelta) -> bool:
        """Claim the key of a request without an answer for so long; of several that try, one succeeds."""
        now = timezone.now()
        is_recent = abs(now - self.created_at) < abandoned_after  # the clock may have been set back since
        if is_recent or self._claim().update(created_at=now) != 1:
            return False
        self.created_at = now
        return True

    def store_answer(self, status_code: int, answer: Any) -> bool:
        """Store the answer; return False when another request has taken over meanwhile."""
        return self._claim().update(status_code=status_code, answer=answer) == 1

    def release(self) -> None:
        """Forget the key, so that a corrected request may use it; one that was taken over stays."""
        self._claim().delete()

    def _claim(self) -> models.QuerySet[IdempotencyKey]:
        return IdempotencyKey.objects.filter(pk=self.pk, status_code=0, created_at=self.created_at)
