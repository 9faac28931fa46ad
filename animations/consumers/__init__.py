"""Sockets: who may listen, what there is to say, and the connection itself."""

from animations.consumers.socket import ProjectSocket, UnknownPath

__all__ = ["ProjectSocket", "UnknownPath"]
