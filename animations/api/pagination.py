"""Page every list in the same way: `{"count", "next", "previous", "results"}`."""

from __future__ import annotations

from rest_framework.pagination import PageNumberPagination


class Pagination(PageNumberPagination):
    """Page by `?page=` and `?page_size=` (at most 100)."""

    page_size_query_param = "page_size"
    max_page_size = 100


class SinglePagePagination(Pagination):
    """Show the whole list unless a smaller page is asked for: the product's own lists are short."""

    page_size = 100
