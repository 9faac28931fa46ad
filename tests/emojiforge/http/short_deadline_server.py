"""The real web process with short deadlines, so that tests need not wait for them."""

import sys

from emojiforge import server

server.preload()

from emojiforge.http import body_limits, channel, flow_control  # noqa: E402  (models load only after Django is set up)

flow_control.DRAIN_SECONDS = flow_control.RESPONSE_SECONDS = 2.0  # type: ignore[misc]
channel.HEADER_SECONDS = body_limits.BODY_SECONDS = 2.0  # type: ignore[misc]

if __name__ == "__main__":
    sys.exit(server.main())
