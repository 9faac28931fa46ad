"""TypedDict → serializer class, so that the schema describes the very shapes that are sent.

The serializers are for the schema alone: answers are plain dictionaries already.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from django.db.models import TextChoices
from rest_framework import serializers

_PLAIN: dict[object, Callable[..., serializers.Field[Any, Any, Any, Any]]] = {
    str: partial(serializers.CharField, allow_blank=True),
    int: serializers.IntegerField,
    float: serializers.FloatField,
    bool: serializers.BooleanField,
    "uuid": serializers.UUIDField,
    "date-time": serializers.DateTimeField,
}


@cache
def serializer_of(shape: type) -> type[serializers.Serializer[Any]]:
    """A serializer with one field per key of the TypedDict `shape`, named as it is without "Payload"."""
    hints = get_type_hints(shape, include_extras=True)
    members: dict[str, Any] = {name: _field(hint) for name, hint in hints.items()}
    return type(shape.__name__.removesuffix("Payload"), (serializers.Serializer,), members)


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
    return _PLAIN[mark](**options)
