"""OpenAPI: describe payloads and errors beyond what the views say of themselves.

The serializers made here are for the description alone: answers are plain dictionaries already.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypedDict, Union, get_args, get_origin, get_type_hints

from django.db.models import TextChoices
from drf_standardized_errors.openapi import AutoSchema
from drf_standardized_errors.openapi_serializers import ClientErrorEnum, ServerErrorEnum
from rest_framework import serializers

from animations.api.field_descriptions import field_descriptions
from animations.api.idempotency import IDEMPOTENCY_HEADER

_PLAIN: Final[dict[object, Callable[..., serializers.Field[Any, Any, Any, Any]]]] = {
    str: partial(serializers.CharField, allow_blank=True),
    int: serializers.IntegerField,
    float: serializers.FloatField,
    bool: serializers.BooleanField,
    "uuid": serializers.UUIDField,
    "date-time": serializers.DateTimeField,
}


class ApiSchema(AutoSchema):
    """Describe only a GET as paged, and an error only where it can happen."""

    def _get_paginator(self) -> Any:
        paginator: Any = super()._get_paginator() if self.method == "GET" else None  # type: ignore[no-untyped-call]
        return paginator

    def map_parsers(self) -> list[str]:
        """Describe bodies as JSON; forms are taken too, but say less (a list, a null)."""
        return ["application/json"]

    def _should_add_error_response(self, responses: dict[str, Any], status_code: str) -> bool:
        has_body = self.method in ("POST", "PATCH")
        can_happen = {
            "408": has_body,
            "409": self.method == "POST",
            "413": has_body,
            "422": IDEMPOTENCY_HEADER in self.get_override_parameters(),
            "507": self.method != "GET",
        }
        return can_happen.get(status_code, True) and super()._should_add_error_response(responses, status_code)

    def _should_add_http403_error_response(self) -> bool:
        """Return whether a form token can be missing, or a quota be used up."""
        return self.method != "GET"


@cache
def serializer_of(payload: type) -> type[serializers.Serializer[Any]]:
    """Return a serializer with a field, and its description, for each key of a TypedDict; named without "Payload"."""
    hints = get_type_hints(payload, include_extras=True)
    descriptions = field_descriptions(payload)
    members: dict[str, Any] = {name: _field(hint, help_text=descriptions.get(name)) for name, hint in hints.items()}
    return type(payload.__name__.removesuffix("Payload"), (serializers.Serializer,), members)


def _field(hint: Any, **options: Any) -> serializers.Field[Any, Any, Any, Any]:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        (some,) = (one for one in inner if one is not NoneType)
        return _field(some, allow_null=True, **options)
    if origin is Annotated:
        return _annotated(inner[1], **options)
    if origin is list:
        return serializers.ListField(child=_field(inner[0]), **options)
    if hint in _PLAIN:
        return _PLAIN[hint](**options)
    if isinstance(hint, type) and hasattr(hint, "__total__"):
        return serializer_of(hint)(**options)
    return serializers.JSONField(**options)


def _annotated(mark: Any, **options: Any) -> serializers.Field[Any, Any, Any, Any]:
    if isinstance(mark, type) and issubclass(mark, TextChoices):
        return serializers.ChoiceField(choices=mark.choices, **options)
    if isinstance(mark, tuple):
        return serializers.ChoiceField(choices=mark, **options)
    return _PLAIN[mark](**options)


class ErrorPayload(TypedDict):
    """One error of an answer."""

    code: str
    detail: str
    attr: str | None


class InvalidResponsePayload(TypedDict):
    """The body of an answer to what cannot be read, or cannot be done as it was sent."""

    type: Annotated[str, ("validation_error", "client_error")]
    errors: list[ErrorPayload]


class ErrorResponsePayload(TypedDict):
    """The body of an answer that refuses something."""

    type: Annotated[str, ClientErrorEnum]
    errors: list[ErrorPayload]


class OutageResponsePayload(TypedDict):
    """The body of an answer while something is away or full; `Retry-After` says when to try again."""

    type: Annotated[str, ServerErrorEnum]
    errors: list[ErrorPayload]


INVALID_RESPONSE: Final = serializer_of(InvalidResponsePayload)
ERROR_RESPONSE: Final = serializer_of(ErrorResponsePayload)
OUTAGE_RESPONSE: Final = serializer_of(OutageResponsePayload)
"""The settings name these by status: actions have codes that drf-standardized-errors cannot know."""
