"""What is compressed for those who ask for it: pages and answers of the API; what is not: files, and secrets."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from animations.models import Project
from animations.web.middleware.compression import CompressionMiddleware
from tests.conftest import MakeProject

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
LONG = b"words " * 1000


def compress(response: Any, path: str = "/", method: str = "GET") -> Any:
    request: HttpRequest = RequestFactory().generic(method, path, headers=GZIP)
    return CompressionMiddleware(lambda _: response)(request)


def test_a_page_is_compressed_and_says_so() -> None:
    answer = compress(HttpResponse(LONG, headers={"ETag": '"1"', "Vary": "Cookie"}))
    assert gzip.decompress(answer.content) == LONG
    assert (answer["Content-Encoding"], answer["Content-Length"]) == ("gzip", str(len(answer.content)))
    assert (answer["ETag"], answer["Vary"]) == ('W/"1"', "Cookie, Accept-Encoding")


def test_the_length_of_a_page_reveals_nothing_of_its_content() -> None:
    lengths = {len(compress(HttpResponse(LONG)).content) for _ in range(30)}
    assert len(lengths) > 5


def test_a_client_without_gzip_gets_the_page_uncompressed() -> None:
    plain: Any = CompressionMiddleware(lambda _: HttpResponse(LONG))(RequestFactory().get("/"))
    assert plain.content == LONG
    assert "Content-Encoding" not in plain.headers
    assert plain["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(LONG, content_type="image/png"),
        HttpResponse(LONG, content_type="application/octet-stream"),
        StreamingHttpResponse([LONG], content_type="text/html"),
        FileResponse(iter([LONG]), content_type="text/html"),
        HttpResponse(LONG, headers={"Content-Encoding": "br"}),
    ],
    ids=["picture", "bytes", "stream", "file", "compressed already"],
)
def test_files_streams_and_compressed_answers_are_left_alone(response: Any) -> None:
    before = dict(response.headers)
    assert dict(compress(response).headers) == before


@pytest.mark.parametrize(
    ("path", "method", "compressed"),
    [
        ("/api/v1/projects/", "GET", True),
        ("/api/v1/tickets/", "POST", False),
        ("/_allauth/app/v1/auth/session", "GET", False),
        ("/_allauth/app/v1/auth/login", "POST", False),
    ],
)
def test_only_json_without_tokens_is_compressed(path: str, method: str, compressed: bool) -> None:
    answer = compress(HttpResponse(LONG, content_type="application/json"), path, method)
    assert ("Content-Encoding" in answer.headers) == compressed


def test_a_studio_and_its_api_come_in_a_fraction_of_their_bytes(
    client: Client, owner: User, new_project: MakeProject
) -> None:
    project: Project = new_project(owner)
    client.force_login(owner)
    for address in (f"/emojis/{project.pk}/", f"/api/v1/projects/{project.pk}/", "/api/v1/platforms/"):
        plain, packed = client.get(address), client.get(address, headers=GZIP)
        assert packed["Content-Encoding"] == "gzip", address
        assert len(packed.content) < len(plain.content) / 2, address
        assert gzip.decompress(packed.content)[:200] == plain.content[:200]


def test_a_picture_of_an_emoji_keeps_its_bytes_and_its_length(
    client: Client, owner: User, new_project: MakeProject
) -> None:
    project: Project = new_project(owner)
    client.force_login(owner)
    source = client.get(f"/api/v1/projects/{project.pk}/").json()["source"]
    answer = client.get(source["url"], headers=GZIP)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
    assert int(answer["Content-Length"]) == len(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
