"""What the OpenAPI description says beyond what the views say of themselves."""

from __future__ import annotations

from typing import Annotated, Any, Final, TypedDict

from drf_standardized_errors.openapi import AutoSchema
from drf_standardized_errors.openapi_serializers import ClientErrorEnum

from animations.api.shapes import serializer_of


class OneErrorPayload(TypedDict):
    code: str
    detail: str
    attr: str | None


class RefusalPayload(TypedDict):
    type: Annotated[str, ClientErrorEnum]
    errors: list[OneErrorPayload]


REFUSAL = serializer_of(RefusalPayload)

UPLOADS: Final = "projects_create"


class Description(AutoSchema):
    """Only a GET is paged; refusals are named where they can happen."""

    def _get_paginator(self) -> Any:
        paginator: Any = super()._get_paginator() if self.method == "GET" else None  # type: ignore[no-untyped-call]
        return paginator

    def _should_add_error_response(self, responses: dict[str, Any], status_code: str) -> bool:
        spends = self.method == "POST" and getattr(self.view, "spends", False)
        here = {"409": self.method == "POST", "413": self.get_operation_id() == UPLOADS, "422": spends}
        return here.get(status_code, True) and super()._should_add_error_response(responses, status_code)
