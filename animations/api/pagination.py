"""Every list has the same face: `{"count", "next", "previous", "results"}`."""

from __future__ import annotations

from rest_framework.pagination import PageNumberPagination


class Pagination(PageNumberPagination):
    """`?page=` and `?page_size=` (at most 100)."""

    page_size_query_param = "page_size"
    max_page_size = 100


class SinglePagePagination(Pagination):
    """For lists of the product's own things, which are short: all of them, unless a smaller page is asked for."""

    page_size = 100
