"""Make a store's ZIP of a whole set, and show what it lacks."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions.packs.request import missing_for, request_pack
from animations.api.idempotency import IDEMPOTENCY_HEADER, idempotent
from animations.api.pagination import Pagination
from animations.api.schema import serializer_of
from animations.api.serializers.packs import CreatePackSerializer
from animations.api.views.base import ApiView
from animations.encode.packs.table import STORES
from animations.models import EmojiSet, Pack
from animations.models.packs.pack import PackQuerySet
from animations.payloads.packs import PackPayload, StorePayload, pack_payload, store_payload

PACK = serializer_of(PackPayload)
STORE = serializer_of(StorePayload)


class PackList(ApiView):
    """A set's packs."""

    serializer_class = CreatePackSerializer
    pagination_class = Pagination
    spends = True

    @extend_schema(operation_id="packs_list", responses=PACK(many=True))
    def get(self, request: Request, set_id: UUID) -> Response:
        """List a set's packs, newest first."""
        emoji_set = get_object_or_404(EmojiSet.objects.visible_to(request.user), pk=set_id)
        rows = _packs(request).filter(set=emoji_set).order_by("-created_at", "pk")
        return self.paginated(rows, lambda packs: [pack_payload(pack) for pack in packs])

    @extend_schema(
        operation_id="packs_create",
        parameters=[IDEMPOTENCY_HEADER],
        request=CreatePackSerializer,
        responses={202: PACK},
    )
    @idempotent(atomic=True)
    def post(self, request: Request, set_id: UUID) -> Response:
        """Put the set's emoji into the ZIP that a store takes. An equal pack is answered, not made again."""
        emoji_set = get_object_or_404(EmojiSet.objects.editable_by(request.user), pk=set_id)
        pack = request_pack(emoji_set, self.validated(request).options())
        return Response(pack_payload(pack), status=status.HTTP_202_ACCEPTED)


class PackDetail(ApiView):
    """One pack."""

    @extend_schema(operation_id="packs_retrieve", responses=PACK)
    def get(self, request: Request, pack_id: UUID) -> Response:
        """Show one pack: its files, what was measured, and what the store would miss."""
        return Response(pack_payload(get_object_or_404(_packs(request), pk=pack_id)))


class StoreList(ApiView):
    """The stores for which a pack of a set can be made."""

    @extend_schema(operation_id="sets_stores", responses=STORE(many=True))
    def get(self, request: Request, set_id: UUID) -> Response:
        """Show for each store what a pack of the set would lack now, and the latest pack for it."""
        emoji_set = get_object_or_404(EmojiSet.objects.visible_to(request.user), pk=set_id)
        projects = list(emoji_set.shown_projects())
        latest: dict[str, Pack] = {}
        for pack in _packs(request).filter(set=emoji_set).order_by("created_at"):
            latest[pack.platform] = pack
        return Response(
            [
                store_payload(store, missing_for(store, projects, emoji_set.name), latest.get(store.slug))
                for store in STORES.values()
            ]
        )


def _packs(request: Request) -> PackQuerySet:
    return Pack.objects.visible_to(request.user).select_related("job").prefetch_related("files")
