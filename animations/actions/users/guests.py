"""Let people try the product before they have an account, and keep their work once they have one."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import salted_hmac

from animations.actions.errors import ActionError
from animations.database import wait_for_turn
from animations.models import EmojiSet, GpuCall, Guest, Project
from animations.models.users.lock import lock_person
from animations.networks import network_of

PER_ADDRESS: Final = 10
"""Guests from one address in 24 hours."""
WAIT_SECONDS: Final = 3600
CLOSED: Final = "Sign up to make an emoji. An e-mail address and a password are enough."
FULL: Final = "Enough people have tried it without an account for today. Sign up to make yours."


def is_open() -> bool:
    """Return whether this site lets people try it without an account."""
    return bool(settings.GUESTS_PER_DAY)


@transaction.atomic
def create_guest(address: str) -> User:
    """Create a guest who comes from this IP address.

    Raises `ActionError`: 403 where there are no guests, 429 where there are too many.
    """
    if not is_open():
        raise ActionError("guests_closed", CLOSED, status=403)
    wait_for_turn("new guest")  # those who came at once would all find room for one more
    digest = digest_of(address)
    today = Guest.objects.today()
    if today.count() >= settings.GUESTS_PER_DAY or today.filter(address_digest=digest).count() >= PER_ADDRESS:
        raise ActionError("too_many_guests", FULL, status=429, wait=WAIT_SECONDS)
    user = User.objects.create_user(f"guest-{uuid4().hex}")
    Guest.objects.create(user=user, address_digest=digest)
    return user


def digest_of(address: str) -> str:
    """Return a digest by which guests of one network are counted."""
    return salted_hmac("animations.guests", network_of(address), algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def claim(guest: User, user: User) -> UUID | None:
    """Give all that a guest has made to `user`, and return the newest project; the guest can do no more.

    The guest's row stays until its time is over: a job that is under way may still write calls in its name. A project
    that is being created is written before this, and given away with the others, or after this, and is the user's.
    """
    lock_person(guest.pk)
    if not Guest.objects.filter(user=guest, claimed_by=None).update(claimed_by=user):
        return None
    newest = Project.objects.visible_to(guest).newest_first().values_list("pk", flat=True).first()
    Project.objects.filter(owner=guest).update(owner=user)
    EmojiSet.objects.filter(owner=guest).update(owner=user)
    GpuCall.objects.filter(user=guest).update(user=user)
    return newest
