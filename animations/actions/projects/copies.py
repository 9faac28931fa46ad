"""Copy rows."""

from __future__ import annotations

from copy import copy
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

Row = TypeVar("Row", bound=models.Model)


def copy_row(row: Row, key: UUID, **values: Any) -> Row:
    """Copy a row, not yet saved, under another key and with other `values`."""
    copied = copy(row)
    copied._state = models.base.ModelState()
    copied.pk = key
    for name, value in values.items():
        setattr(copied, name, value)
    return copied
