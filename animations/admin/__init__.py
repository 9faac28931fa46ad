"""Serve staff: presets, which they edit, and the records of all work, which they read."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from animations.admin import calls, endpoints, exports, jobs, platform_rules, presets, projects, sets, users

__all__ = ["calls", "endpoints", "exports", "jobs", "platform_rules", "presets", "projects", "sets", "users"]

admin.site.site_header = "EmojiForge"
admin.site.site_title = "EmojiForge"
admin.site.index_title = "Behind the scenes"

# The admin's own form counts no attempts; staff come in through everybody's, which does.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
