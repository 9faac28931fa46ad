"""Show users with their emoji, and let staff have somebody deleted with all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from animations.admin.records import count_of
from animations.models import PersonDeletion, Project

if TYPE_CHECKING:
    Users = UserAdmin[User]
else:
    Users = UserAdmin

IN_A_WHILE: Final = "Signed out now. Emoji and account are deleted bit by bit, within minutes."


class EmojiUserAdmin(Users):
    """Django's page for users, with a link to their emoji."""

    list_display = ("email", "username", "is_staff", "is_active", "is_being_deleted", "project_links", "date_joined")
    list_display_links = ("email", "username")
    ordering = ("-date_joined",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Add the number of projects."""
        users = super().get_queryset(request).select_related("deletion")
        return users.annotate(project_count=count_of(Project.objects.all(), "owner"))

    def get_deleted_objects(self, objs: Iterable[User], _request: HttpRequest) -> Any:
        """Count what goes with each user; to list every row of thousands of emoji would take as long as deleting."""
        users = list(objs)
        emoji = {user: Project.objects.filter(owner=user).count() for user in users}
        named = [f"{user.email or user.username}, with {count} emoji" for user, count in emoji.items()]
        return named, {"users": len(users), "projects": sum(emoji.values())}, set(), []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Sign the user out, and have the reconciler delete them."""
        PersonDeletion.request(obj)
        self.message_user(request, IN_A_WHILE)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Sign the users out, and have the reconciler delete them."""
        for user in queryset:
            PersonDeletion.request(user)
        self.message_user(request, IN_A_WHILE)

    @admin.display(description="being deleted", boolean=True)
    def is_being_deleted(self, user: Any) -> bool:
        """Return whether the user is signed out for good, and some of their emoji may still be there."""
        return hasattr(user, "deletion")

    @admin.display(description="emoji", ordering="project_count")
    def project_links(self, user: Any) -> SafeString | str:
        """Return the number of emoji, as a link to them."""
        if not user.project_count:
            return "0"
        emoji = reverse("admin:animations_project_changelist")
        return format_html('<a href="{}?owner__id__exact={}">{}</a>', emoji, user.pk, user.project_count)


admin.site.unregister(User)
admin.site.register(User, EmojiUserAdmin)
