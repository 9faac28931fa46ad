"""Translate at the edge what the rooms below say in English: they know no language, and neither do rows."""

from animations.translation.motions import translated_motion, without_notes
from animations.translation.rules import translated_rule
from animations.translation.texts import translated

__all__ = ["translated", "translated_motion", "translated_rule", "without_notes"]
