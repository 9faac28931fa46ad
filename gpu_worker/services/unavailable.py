"""A service whose model this worker cannot run: its packages or its weights are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from PIL import Image

from gpu.contract import WireError


class UnavailableService:
    """Takes the place of a service and refuses every request with the reason."""

    def __init__(self, reason: str, models: tuple[str, ...] = ()) -> None:
        self.models = models
        self._reason = reason

    def unavailable_reason(self) -> str:
        return self._reason

    def check(self, params: dict[str, Any]) -> NoReturn:  # noqa: ARG002 the protocol of a service
        raise WireError("model_unavailable", self._reason)

    def infer(self, images: Sequence[Image.Image], params: dict[str, Any]) -> NoReturn:  # noqa: ARG002 as above
        raise WireError("model_unavailable", self._reason)

    def batch_size(self, params: dict[str, Any]) -> int:  # noqa: ARG002 as above
        return 1

    def describe(self) -> dict[str, Any]:
        """Return an empty description: `unavailable_reason` has all there is to say."""
        return {}
