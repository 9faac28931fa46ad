"""Pages, and the files that only their owner may have."""

from django.urls import path

from animations.web import hooks, media, metrics, views

urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.new, name="new"),
    path("emojis/<uuid:pk>/", views.studio, name="studio"),
    path("media/candidates/<uuid:pk>/<slug:kind>.png", media.candidate_file, name="candidate-file"),
    path("media/sources/<uuid:pk>/<slug:kind>", media.source_file, name="source-file"),
    path("media/exports/<int:pk>/", media.export_file, name="export-file"),
    path("media/presets/<slug:slug>/", media.preset_preview, name="preset-preview"),
    path("hooks/gpu/<str:signed>/", hooks.gpu_hook, name="gpu-hook"),
    path("metrics", metrics.metrics, name="metrics"),
    path("healthz", views.healthz, name="healthz"),
]
