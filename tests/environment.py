"""Set what the settings read from the environment, before pytest-django loads them."""

from __future__ import annotations

import os

# Limits are divided among web processes: tests count against those of one, and start one where they need it.
os.environ.setdefault("WEB_PROCESSES", "1")
