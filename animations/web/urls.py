"""Name the addresses of pages, authorised files and webhooks."""

from django.urls import path
from django.views.generic import RedirectView

from animations.web import media, metrics, sharing, views, webhooks
from animations.web.sets.views import emoji_set

REDIRECTS = {
    "emojis/": "home",
    "emojis/new/": "new",
    "login/": "account_login",
    "signup/": "account_signup",
    "accounts/": "account_email",
    "api/": "api:root",
}
"""Addresses that people try, and the page each means."""

urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.new, name="new"),
    path("emojis/<uuid:pk>/", views.studio, name="studio"),
    path("sets/<uuid:pk>/", emoji_set, name="set"),
    path("media/candidates/<uuid:pk>/<slug:kind>.png", media.candidate_file, name="candidate-file"),
    path("media/candidates/<uuid:pk>/preview", media.candidate_preview, name="candidate-preview"),
    path("media/sources/<uuid:pk>/<slug:kind>", media.source_file, name="source-file"),
    path("media/mattes/<uuid:pk>/<slug:kind>.png", media.matte_file, name="matte-file"),
    path("media/exports/<int:pk>/", media.export_file, name="export-file"),
    path("media/packs/<int:pk>/", media.pack_file, name="pack-file"),
    path("media/presets/<slug:slug>/", media.preset_preview, name="preset-preview"),
    path("hooks/gpu/<str:signed>/", webhooks.gpu_webhook, name="gpu-hook"),
    path("s/file/<str:signed>/", sharing.signed_file, name="signed-file"),
    path("s/<slug:token>/", sharing.shared, name="shared"),
    path("s/<slug:token>/frames/<uuid:pk>/", sharing.shared_frame, name="shared-frame"),
    path("s/<slug:token>/files/<int:pk>/", sharing.shared_file, name="shared-file"),
    path("metrics", metrics.metrics, name="metrics"),
    path("healthz", views.healthz, name="healthz"),
    *(path(address, RedirectView.as_view(pattern_name=name)) for address, name in REDIRECTS.items()),
]
