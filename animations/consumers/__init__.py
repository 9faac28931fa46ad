"""Project sockets: who may open one, the messages, and the connection itself."""

from animations.consumers.socket import ProjectSocket, UnknownPath

__all__ = ["ProjectSocket", "UnknownPath"]
