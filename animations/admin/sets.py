"""Show the sets: owner, emoji, packs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from animations.admin.records import RecordAdmin, count_link, count_of, link
from animations.models import EmojiSet, Pack, Project


@admin.register(EmojiSet)
class EmojiSetAdmin(RecordAdmin[EmojiSet]):
    """The records of sets."""

    list_display = ("name", "owner_link", "project_links", "pack_links", "created")
    list_select_related = ("owner",)
    search_fields = ("=id", "name", "owner__email", "=owner__username")
    search_help_text = "A name, the owner's e-mail address, or an id."
    fields = ("name", "id", "owner_link", "project_links", "cover_link", "pack_links", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[EmojiSet]:
        """Add the numbers of projects and packs."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                project_count=count_of(Project.objects.all(), "emoji_set"),
                pack_count=count_of(Pack.objects.all(), "set"),
            )
            .order_by("-created_at", "-pk")
        )

    @admin.display(description="projects", ordering="project_count")
    def project_links(self, emoji_set: Any) -> SafeString | str:
        """Return the number of projects, as a link to them."""
        return count_link("animations_project", emoji_set.pk, emoji_set.project_count)

    @admin.display(description="cover")
    def cover_link(self, emoji_set: EmojiSet) -> SafeString | str:
        """Return a link to the project that stands for the set."""
        cover = emoji_set.cover
        return link("animations_project", cover.pk, cover.name) if cover else "–"

    @admin.display(description="packs", ordering="pack_count")
    def pack_links(self, emoji_set: Any) -> SafeString | str:
        """Return the number of packs, as a link to them."""
        return count_link("animations_pack", emoji_set.pk, emoji_set.pack_count)
