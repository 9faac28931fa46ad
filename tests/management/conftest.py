from __future__ import annotations

from tests.admin.conftest import make_preset, queued_previews

__all__ = ["make_preset", "queued_previews"]
