"""Answer every error below /api/v1/ in one shape: `{"type", "errors": [{"code", "detail", "attr"}]}`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.core.exceptions import BadRequest, ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import Error
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, NotFound, ParseError, ValidationError
from rest_framework.settings import api_settings

from animations.actions.errors import ActionError
from animations.models.transitions import IllegalTransition, ProjectGone
from animations.outages import find_outage
from animations.translation import translated

CONFLICT: Final = "This has changed meanwhile. Reload it and try again."


class ApiError(APIException):
    """A refusal with a status of its own. `wait` (seconds) becomes `Retry-After`."""

    def __init__(self, status_code: int, code: str, detail: str, attr: str | None = None, wait: int = 0) -> None:
        self.status_code = status_code
        self.wait = wait
        error = ErrorDetail(detail, code)
        self.detail: Any = {attr: [error]} if attr else [error]


class ApiExceptionHandler(ExceptionHandler):
    """Map what the product, Django and its parsers raise to errors that a client can read."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """Return the API's exception for one of ours or Django's."""
        if outage := find_outage(exc):
            return ApiError(outage.status, outage.code, outage.detail, wait=outage.retry_after)
        match exc:
            case ActionError():
                return _api_error(exc)
            case ProjectGone():
                return NotFound()
            case ObjectDoesNotExist():  # it was there a moment ago, and went with its project
                return NotFound()
            case IllegalTransition():
                return ApiError(status.HTTP_409_CONFLICT, "conflict", CONFLICT)
            case RequestDataTooBig():
                return ApiError(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "too_large", "The request is too large.")
            case MultiPartParserError() | UnreadablePostError() | SuspiciousOperation() | BadRequest():
                return ParseError("The request cannot be read.")
        converted: Exception = super().convert_known_exceptions(exc)
        return converted


class TranslatingFormatter(ExceptionFormatter):
    """Say what is wrong in the caller's language; what Django and REST framework say is translated already."""

    def get_errors(self) -> list[Error]:
        """Return the errors, each translated, and each of the field that a client sent."""
        return [
            replace(error, detail=translated(error.detail), attr=_sent_field(error.attr))
            for error in super().get_errors()
        ]


def _sent_field(attr: str | None) -> str | None:
    """Return the field as it was sent, without REST framework's name for all of it; None for the whole body."""
    name = api_settings.NON_FIELD_ERRORS_KEY
    return None if attr == name else attr and attr.removesuffix(f".{name}")


def _api_error(error: ActionError) -> APIException:
    if error.status == status.HTTP_400_BAD_REQUEST:
        detail = ErrorDetail(error.detail, error.code)
        return ValidationError({error.attr: [detail]} if error.attr else [detail])
    return ApiError(error.status, error.code, error.detail, error.attr, error.wait)
