"""The deletion of a person, which takes longer than a request may."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction


class PersonDeletion(models.Model):
    """A person who is signed out for good; the reconciler deletes their projects bit by bit, and them last."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="deletion"
    )
    asked_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Deletion of {self.user_id}"

    @classmethod
    def request(cls, user: User) -> None:
        """Sign the person out at once, and have them deleted. Twice is harmless."""
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(is_active=False)
            cls.objects.get_or_create(user=user)
