"""Lines of the log, without what would let their reader in: whoever reads a log is not the person it tells of.

An outage takes one line.
"""

from __future__ import annotations

import logging
import re
from typing import Final

from animations.outages import summarize_outage

SECRETS: Final = re.compile(
    r"""
    (?P<kept>
        /accounts/password/reset/key/ | /accounts/confirm-email/ | /hooks/gpu/  # what follows is as good as a key
      | (?<![\w/]) (?:https?://[^\s/?]+)? /s/  # the link of a shared emoji
      | (?<![\w/]) (?:https?://[^\s/?]+)? /[^\s?"']* \?  # any query string: the ticket of a socket is in one
    )
    [^\s"'<>]+
    """,
    re.VERBOSE,
)


class LogFormatter(logging.Formatter):
    """Cut keys and query strings from addresses, in messages and tracebacks; give an outage one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return SECRETS.sub(r"\g<kept>…", super().format(summarize_outage(record)))
