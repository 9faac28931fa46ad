"""The deletion of a person, which takes too long for a request."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction


class PersonDeletion(models.Model):
    """A person who can no longer sign in; the reconciler deletes their projects in batches, and then the user."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="deletion"
    )
    asked_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Deletion of {self.user_id}"

    @classmethod
    def request(cls, user: User) -> None:
        """Sign the person out now and have them deleted later. Can be called twice."""
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(is_active=False)
            cls.objects.get_or_create(user=user)
