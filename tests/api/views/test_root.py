from __future__ import annotations

from rest_framework.test import APIClient

from animations.api.urls import urlpatterns


def test_the_index_lists_every_address_without_a_parameter(api: APIClient) -> None:
    index = api.get("/api/v1/").json()
    plain = {pattern.name: str(pattern.pattern) for pattern in urlpatterns if not pattern.pattern.converters}
    expected = {name: path for name, path in plain.items() if name not in {"root", "unknown-path"}}
    assert index == {name: f"http://testserver/api/v1/{path}" for name, path in expected.items()}
