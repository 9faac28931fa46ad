"""Name the codes with which the socket of a project is closed."""

from enum import IntEnum


class CloseCode(IntEnum):
    """The codes that the application closes with, all from the private range (RFC 6455, 7.4.2).

    Beside these a client sees: 1000 after a day, 1008 for too many messages at once, 1009 for one that is too long,
    1011 when the server itself failed. Instead of a socket it sees HTTP 403 for a foreign `Origin` or an unknown
    path, and 429 where its address has too many sockets. The server library refuses to send 1001–2999 for an
    application and leaves the socket open, so none of them may stand here.
    """

    SIGNED_OUT = 4401
    """Not signed in, or no longer."""
    GONE = 4404
    """No such project, or not yours."""
    TOO_MANY = 4429
    """You have very many sockets open. Poll the API meanwhile, and try again in a minute."""
    BROKEN = 4500
    """We failed. Worth another try."""
