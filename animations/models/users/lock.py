"""The lock of a person: what is counted of theirs does not change until the transaction ends."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model


def lock_person(user_id: Any) -> bool:
    """Lock the person's row until the end of the transaction; False when they are deleted.

    To be taken before the rows of their projects: two transactions that lock in either order can wait for each other.
    """
    people = get_user_model().objects.select_for_update(no_key=True)
    return people.filter(pk=user_id).exists()
