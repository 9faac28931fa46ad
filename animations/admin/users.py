"""Show users with their emoji, and let staff delete somebody who has made some."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from animations.admin.records import ReadOnlyPermissions, count_of
from animations.models import Project

if TYPE_CHECKING:
    Users = UserAdmin[User]
else:
    Users = UserAdmin


class EmojiUserAdmin(Users):
    """Django's page for users, with a link to their emoji."""

    list_display = ("email", "username", "is_staff", "is_active", "project_links", "date_joined")
    list_display_links = ("email", "username")
    ordering = ("-date_joined",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Add the number of projects."""
        return super().get_queryset(request).annotate(project_count=count_of(Project.objects.all(), "owner"))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Let a user's records go with the user, although nobody may delete them one by one."""
        gone, counts, protected_by_permission, protected = super().get_deleted_objects(objs, request)
        return gone, counts, protected_by_permission - _record_names(self.admin_site), protected

    @admin.display(description="emoji", ordering="project_count")
    def project_links(self, user: Any) -> SafeString | str:
        """Return the number of emoji, as a link to them."""
        if not user.project_count:
            return "0"
        emoji = reverse("admin:animations_project_changelist")
        return format_html('<a href="{}?owner__id__exact={}">{}</a>', emoji, user.pk, user.project_count)


def _record_names(site: admin.AdminSite) -> set[str]:
    registered: Iterable[Any] = site._registry.items()
    return {str(model._meta.verbose_name) for model, row in registered if isinstance(row, ReadOnlyPermissions)}


admin.site.unregister(User)
admin.site.register(User, EmojiUserAdmin)
