"""The sockets' addresses."""

from django.urls import path, re_path

from animations.consumers import ProjectSocket, UnknownPath

websocket_urlpatterns = [
    path("ws/projects/<str:project_id>/", ProjectSocket.as_asgi(), name="project-socket"),
    re_path("", UnknownPath.as_asgi(), name="no-socket"),
]
"""For `emojiforge.asgi`, below Channels' `SessionMiddlewareStack`."""
