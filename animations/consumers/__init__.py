"""Sockets: who may listen, what there is to say, and the connection itself."""

from animations.consumers.socket import Nowhere, ProjectSocket

__all__ = ["Nowhere", "ProjectSocket"]
