"""Page every list in the same way: `{"count", "next", "previous", "results"}`."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

PAGE_SIZE = serializers.IntegerField(min_value=1)


class Pagination(PageNumberPagination):
    """Page by `?page=` and `?page_size=` (at most 100)."""

    page_size_query_param = "page_size"
    max_page_size = 100

    def get_page_size(self, request: Request) -> int | None:
        """Return the size that was asked for, or the view's. Raises `ValidationError` for what is no size."""
        sent = request.query_params.get("page_size")
        if sent is None:
            return self.page_size
        try:
            size: int = PAGE_SIZE.run_validation(sent)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"page_size": error.detail}) from None
        return min(size, self.max_page_size)

    def get_page_number(self, request: Request, paginator: Any) -> str | int:
        """Return the page that was asked for, or the first. An empty number is no page: the answer is 404."""
        number: str | int = request.query_params.get(self.page_query_param, 1)
        return paginator.num_pages if number in self.last_page_strings else number

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the parameters as OpenAPI describes them, each from 1."""
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            parameter["schema"]["minimum"] = 1
        return parameters


class SinglePagePagination(Pagination):
    """Show the whole list unless a smaller page is asked for: the product's own lists are short."""

    page_size = 100
