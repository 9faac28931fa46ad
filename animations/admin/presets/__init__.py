"""Let staff curate the presets."""

from animations.admin.presets import pages

__all__ = ["pages"]
