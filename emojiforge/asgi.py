"""HTTP goes to Django, sockets go to Channels: only from our own pages, or with a ticket."""

import os

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import SessionMiddlewareStack

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emojiforge.settings")
django.setup(set_prefix=False)

from animations.routing import websocket_urlpatterns  # noqa: E402  (models load only after Django is set up)
from emojiforge.http.handler import ThreadedHandler  # noqa: E402

application = ProtocolTypeRouter(
    {"http": ThreadedHandler(), "websocket": SessionMiddlewareStack(URLRouter(websocket_urlpatterns))}
)
