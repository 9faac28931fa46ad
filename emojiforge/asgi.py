"""HTTP goes to Django, sockets go to Channels: only from our own pages, or with a ticket."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emojiforge.settings")
django_application = get_asgi_application()

from animations.routing import websocket_urlpatterns  # noqa: E402  (models load only after Django is set up)

application = ProtocolTypeRouter(
    {"http": django_application, "websocket": AuthMiddlewareStack(URLRouter(websocket_urlpatterns))}
)
