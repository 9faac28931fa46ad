"""List the labels of the pure rooms, which know no Django: pages and payloads translate them by their English."""

from __future__ import annotations

from collections.abc import Iterator

Label = tuple[str, str]
"""The module that has it, and its English."""


def all_labels() -> Iterator[Label]:
    """Yield every label that people read."""
    yield from ()
