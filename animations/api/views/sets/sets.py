"""List, create, show, edit and delete sets of emojis."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions.sets.create import create_set, create_set_from, gather_set
from animations.actions.sets.edit import delete_set, edit_set, retry_set
from animations.api.etags import IF_NONE_MATCH, etag_of, has_latest
from animations.api.idempotency import IDEMPOTENCY_HEADER, idempotent, store_answer
from animations.api.multipart import FileFormParser
from animations.api.pagination import Pagination
from animations.api.parsers import BoundedFormParser, StrictJSONParser
from animations.api.schema import serializer_of
from animations.api.serializers.sets import CreateSetSerializer, EditSetSerializer
from animations.api.views.base import ApiView, get_visible_project, user_of
from animations.models import EmojiSet
from animations.payloads import JobPayload, SetPayload, job_list_payload, set_list_payload, set_payload

SET = serializer_of(SetPayload)


def get_editable_set(request: Request, set_id: UUID) -> EmojiSet:
    """Return a set that the caller may change, else 404."""
    return get_object_or_404(EmojiSet.objects.editable_by(request.user), pk=set_id)


class SetList(ApiView):
    """Your sets."""

    serializer_class = CreateSetSerializer
    pagination_class = Pagination
    parser_classes = [FileFormParser, BoundedFormParser, StrictJSONParser]
    spends = True

    @extend_schema(operation_id="sets_list", responses=SET(many=True))
    def get(self, request: Request) -> Response:
        """List your sets, newest first."""
        return self.paginated(EmojiSet.objects.visible_to(request.user).newest_first(), set_list_payload)

    @extend_schema(
        operation_id="sets_create",
        parameters=[IDEMPOTENCY_HEADER],
        request={"multipart/form-data": CreateSetSerializer, "application/json": CreateSetSerializer},
        responses={201: SET},
    )
    @idempotent(atomic=False)
    def post(self, request: Request) -> Response:
        """Create a set: of one picture with several motions, or of emojis that are there. All or nothing."""
        serializer = self.validated(request)
        data = serializer.validated_data
        response = Response(status=status.HTTP_201_CREATED)

        def answer(made: EmojiSet) -> None:
            response.data = set_payload(made)
            store_answer(request, response)

        if "projects" in data:
            gather_set(user_of(request), data["name"], data["projects"], before_commit=answer)
            return response
        wanted, more = (
            (serializer.motions_of(), serializer.options()),
            {"start": data["start"], "before_commit": answer},
        )
        if source_of := data.get("source_of"):
            create_set_from(get_visible_project(request, source_of), *wanted, **more)
        else:
            create_set(user_of(request), data["source"], *wanted, **more)
        return response


class SetDetail(ApiView):
    """One set."""

    serializer_class = EditSetSerializer

    @extend_schema(operation_id="sets_retrieve", parameters=[IF_NONE_MATCH], responses={200: SET, 304: None})
    def get(self, request: Request, set_id: UUID) -> Response:
        """Show one set with its emojis; 304 for a client that has the latest."""
        payload = set_payload(get_object_or_404(EmojiSet.objects.visible_to(request.user), pk=set_id))
        etag = etag_of(payload)
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if has_latest(request, etag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        return Response(payload, headers=headers)

    @extend_schema(operation_id="sets_edit", request=EditSetSerializer, responses=SET)
    def patch(self, request: Request, set_id: UUID) -> Response:
        """Give a set another name, other emojis, another order or cover."""
        edit_set(user_of(request), get_editable_set(request, set_id), self.validated(request).validated_data)
        return Response(set_payload(get_editable_set(request, set_id)))

    @extend_schema(operation_id="sets_delete", responses={204: None})
    def delete(self, request: Request, set_id: UUID) -> Response:
        """Delete a set. Its emojis are kept."""
        delete_set(user_of(request), get_editable_set(request, set_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RetrySet(ApiView):
    """The emojis of a set that failed."""

    spends = True

    @extend_schema(
        operation_id="sets_retry",
        parameters=[IDEMPOTENCY_HEADER],
        request=None,
        responses={202: serializer_of(JobPayload)(many=True)},
    )
    @idempotent(atomic=True)
    def post(self, request: Request, set_id: UUID) -> Response:
        """Make all emojis of a set again that failed or were cancelled. Their picture is matted once."""
        jobs = retry_set(user_of(request), get_editable_set(request, set_id))
        return Response(job_list_payload(jobs), status=status.HTTP_202_ACCEPTED)
