"""The base of the records' pages: read-only, with links between them. Facts only, no private images."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

M = TypeVar("M", bound=models.Model)

if TYPE_CHECKING:
    TypedAdmin = admin.ModelAdmin
else:

    class TypedAdmin(admin.ModelAdmin, Generic[M]):
        """Django's own class, which takes no type arguments at run time."""


class ReadOnlyPermissions:
    """Forbid every change from the admin, to superusers too."""

    def has_add_permission(self, *_: Any, **__: Any) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, *_: Any, **__: Any) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, *_: Any, **__: Any) -> bool:
        """Return False."""
        return False


class RecordAdmin(ReadOnlyPermissions, TypedAdmin[M]):
    """A table of records, a page for each: found by search, filter and date."""

    date_hierarchy = "created_at"
    list_per_page = 50
    show_full_result_count = False  # counting a large table twice for a number nobody reads

    @admin.display(description="created", ordering="created_at")
    def created(self, row: Any) -> str:
        """Return the time, short enough for a table; UTC."""
        return f"{row.created_at:%Y-%m-%d %H:%M}"

    @admin.display(description="owner", ordering="owner__email")
    def owner_link(self, row: Any) -> SafeString | str:
        """Return a link to the record's owner."""
        return user_link(row.owner)

    @admin.display(description="project", ordering="project__name")
    def project_link(self, row: Any) -> SafeString | str:
        """Return a link to the record's project."""
        return link("animations_project", row.project_id, row.project.name if row.project else "")

    @admin.display(description="job")
    def job_link(self, row: Any) -> SafeString | str:
        """Return a link to the record's job."""
        return link("animations_job", row.job_id, f"{row.job.kind} {short_id(row.job_id)}" if row.job else "")


def link(model: str, key: Any, text: str) -> SafeString | str:
    """Return a link to the page of one record, or a dash without a key."""
    if key is None:
        return "–"
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{model}_change", args=[key]), text)


def user_link(user: User | None) -> SafeString | str:
    """Return a link to the page of a user, or a dash for nobody."""
    return link("auth_user", user.pk, user.email or user.get_username()) if user else "–"


def count_link(model: str, key: Any, number: int) -> SafeString | str:
    """Return a number that leads to the list of the `model` records which belong to the record `key`."""
    if not number:
        return "0"
    return format_html('<a href="{}?q={}">{}</a>', reverse(f"admin:{model}_changelist"), key, number)


def short_id(key: Any) -> str:
    """Return the first eight characters of an id: enough to tell two apart in a table."""
    return str(key)[:8]


def json_block(value: Any) -> SafeString:
    """Return indented JSON."""
    return format_html('<pre class="json">{}</pre>', json.dumps(value, indent=2, ensure_ascii=False))


def count_of(rows: QuerySet[Any], foreign_key: str) -> Coalesce:
    """Count the `rows` that point at the outer record. A subquery: joins of two counts would multiply."""
    mine = rows.filter(**{foreign_key: OuterRef("pk")}).order_by().values(foreign_key)
    return Coalesce(Subquery(mine.annotate(number=Count("pk")).values("number")), 0)


def milliseconds(value: int | None) -> str:
    """Return “840 ms”, “12.4 s”, or a dash."""
    if value is None:
        return "–"
    return f"{value} ms" if value < 1000 else f"{value / 1000:.1f} s"
