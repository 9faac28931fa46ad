"""Request bodies with a length and in chunks, as the application gets them from the real server."""

from __future__ import annotations

import io
import json
import os
import select
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from PIL import Image

from animations.models import GpuCall
from animations.models.gpu.webhook_signature import webhook_path
from emojiforge.http.body_limits import MAX_SMALL_BYTES
from tests.conftest import png
from tests.stack.product import Person
from tests.web_process import Web, database_of_tests, web_process

MB = 1_000_000
PROJECTS = "/api/v1/projects/"
BOUNDARY = "a-line-that-noise-does-not-hit-upon"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def web(surroundings: str, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_process(tmp_path_factory.mktemp("bodies"), **database_of_tests()) as web:
        yield web


def form(picture: bytes, name: str = "face.png") -> bytes:
    """Return a multipart body with a file and the fields that it needs."""
    fields = {"start": "false", "prompt": "bounce"}
    field = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{{}}"\r\n\r\n{{}}\r\n'
    head = "".join(field.format(*pair) for pair in fields.items())
    head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="source"; filename="{name}"\r\n\r\n'
    return head.encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()


def in_pieces(body: bytes, size: int = 65_536) -> Iterator[bytes]:
    """Yield the body in pieces, which httpx sends in chunks since it cannot know the length."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


def post_form(person: Person, body: Iterator[bytes]) -> httpx.Response:
    return person.http.post("projects/", content=body, headers=FORM)


def test_a_chunked_upload_arrives(person: Person) -> None:
    answer = post_form(person, in_pieces(form(png(size=64), "猫.png"), 7))
    assert answer.status_code == 201, answer.text
    assert answer.json()["name"] == "猫, bounce"


def post_as_guest(guest: httpx.Client, body: bytes) -> httpx.Response:
    token = {"X-CSRFToken": "c" * 32}
    guest.cookies.set("csrftoken", "c" * 32, domain="127.0.0.1")
    assert guest.post("/api/v1/guests/", headers=token).status_code == 201
    return guest.post(PROJECTS, content=body, headers=FORM | token)


def test_a_guests_photo_arrives(web: Web, transactional_db: None) -> None:
    noise = io.BytesIO()
    Image.frombytes("RGB", (200, 200), os.urandom(200 * 200 * 3)).save(noise, "PNG")
    assert len(noise.getvalue()) > MAX_SMALL_BYTES
    with httpx.Client(base_url=web.url, timeout=30) as guest:
        answer = post_as_guest(guest, form(noise.getvalue()))
    assert answer.status_code == 201, answer.text


def test_an_upload_with_a_name_in_latin_1_arrives_in_chunks_and_whole(person: Person) -> None:
    body = form(png(size=64), "caf?.png").replace(b"caf?", b"caf\xe9")
    for content in (body, in_pieces(body, 7)):
        answer = person.http.post("projects/", content=content, headers=FORM)
        assert (answer.status_code, answer.json().get("name")) == (201, "café, bounce"), answer.text


def test_a_chunked_upload_of_19_megabytes_arrives_within_the_memory(person: Person, web: Web) -> None:
    kept = io.BytesIO()
    Image.frombytes("RGB", (2510, 2510), os.urandom(2510 * 2510 * 3)).save(kept, "PNG", compress_level=0)
    assert 18.5 * MB < len(kept.getvalue()) < 20 * MB
    answer = post_form(person, in_pieces(form(kept.getvalue())))
    assert answer.status_code == 201, answer.text
    assert web.peak() < 150 * MB


def test_chunks_are_refused_when_they_pass_the_limit_and_memory_stays_flat(person: Person, web: Web) -> None:
    before = web.peak()
    answer = person.http.post("projects/", content=in_pieces(bytes(200 * MB)))
    assert answer.status_code == 413
    assert answer.json() == {
        "type": "client_error",
        "errors": [
            {"code": "too_large", "detail": "This is too large to send: at most 25 MB are read.", "attr": None}
        ],
    }
    assert web.peak() - before < 5 * MB


def test_twenty_uploads_at_once_are_read_within_the_memory(
    person: Person, tmp_path_factory: pytest.TempPathFactory
) -> None:
    noise = form(os.urandom(19 * MB))
    with (
        web_process(tmp_path_factory.mktemp("twenty"), **database_of_tests()) as web,
        ThreadPoolExecutor(20) as senders,
    ):

        def send(_number: int) -> int:
            headers = FORM | {"X-Session-Token": person.token}
            return httpx.post(web.url + PROJECTS, content=noise, headers=headers, timeout=60).status_code

        assert set(senders.map(send, range(20))) <= {400, 429, 503}
        assert web.peak() <= 150 * MB


def test_a_body_of_just_the_limit_is_read_within_the_memory(web: Web, person: Person) -> None:
    for content in (bytes(25 * MB), in_pieces(bytes(25 * MB))):
        answer = person.http.post("projects/", content=content, headers={"Content-Type": "application/x-unknown"})
        assert answer.status_code == 415
    assert web.peak() < 150 * MB


@pytest.mark.parametrize("credential", ["X-Session-Token: made-up", "Cookie: sessionid=made-up"])
def test_a_large_body_of_a_session_that_is_none_is_not_read(
    web: Web, transactional_db: None, credential: str
) -> None:
    with web.connect() as connection:
        connection.sendall(head(f"Content-Length: {24 * MB}", credential) + bytes(100_000))
        assert connection.recv(4096).startswith(b"HTTP/1.1 401 ")


def test_a_large_webhook_is_read(web: Web, transactional_db: None) -> None:
    call = GpuCall.objects.create(key="k", task="rembg", status="sending")
    body = json.dumps({"id": "job-1-u1", "status": "COMPLETED", "output": "x" * 9_000_000}).encode()
    assert httpx.post(web.url + webhook_path(call.pk), content=body).status_code == 200


def test_chunked_json_arrives(person: Person) -> None:
    project = person.upload(png(size=64), start="false", prompt="bounce")
    url = f"projects/{project['id']}/"
    answer = person.http.patch(url, content=in_pieces(json.dumps({"name": "ñandú"}).encode(), 3), headers=JSON)
    assert (answer.status_code, answer.json()["name"]) == (200, "ñandú")


def test_a_chunked_sign_in_arrives(web: Web, transactional_db: None) -> None:
    body = json.dumps({"email": "chunks@example.com", "password": "correct horse battery"}).encode()
    url = f"{web.url}/_allauth/app/v1/auth/signup"
    answer = httpx.post(url, content=in_pieces(body, 5), headers=JSON)
    assert answer.status_code == 200, answer.text


def test_a_chunked_webhook_is_recorded(web: Web, transactional_db: None) -> None:
    call = GpuCall.objects.create(key="k", task="rembg", status="sending")
    body = json.dumps({"id": "job-1-u1", "status": "COMPLETED", "output": "x" * 300_000}).encode()
    assert httpx.post(web.url + webhook_path(call.pk), content=in_pieces(body)).status_code == 200
    call.refresh_from_db()
    assert (call.status, call.remote_id) == ("submitted", "job-1-u1")


def test_json_that_is_too_long_is_refused_in_chunks_as_it_is_whole(person: Person) -> None:
    body = json.dumps({"name": "x" * 9_000_000}).encode()
    for content in (body, in_pieces(body)):
        assert person.http.post("projects/", content=content, headers=JSON).status_code == 413


def test_an_empty_chunked_body_is_an_empty_body(person: Person) -> None:
    assert post_form(person, iter(())).json()["errors"] == [
        {"code": "required", "detail": "Send a picture or clip.", "attr": "source"}
    ]


def head(*lines: str, path: str = PROJECTS) -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


def read_all(connection: socket.socket) -> bytes:
    """Return all that comes until the server closes."""
    answer = b""
    while more := connection.recv(65_536):
        answer += more
    return answer


def test_a_client_that_asks_first_may_send_in_chunks(web: Web, person: Person) -> None:
    body = form(png(size=64))
    lines = ["Transfer-Encoding: chunked", "Expect: 100-continue", "Connection: close"]
    lines += [f"Content-Type: {FORM['Content-Type']}", f"X-Session-Token: {person.token}"]
    with web.connect() as connection:
        connection.sendall(head(*lines))
        assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"%x;with=more\r\n%s\r\n0\r\nTrailer: ignored\r\n\r\n" % (len(body), body))
        assert read_all(connection).startswith(b"HTTP/1.1 201 ")


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 5"),
        ("Content-Length: 5", "Transfer-Encoding: identity"),
        ("Transfer-Encoding: identity",),
        ("Transfer-Encoding: gzip, chunked",),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding : chunked",),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: +5",),
    ],
)
def test_a_body_of_two_lengths_is_refused_and_what_follows_is_not_read(web: Web, lines: tuple[str, ...]) -> None:
    with web.connect() as connection:
        connection.sendall(head(*lines) + b"0\r\n\r\n" + head("Content-Length: 0"))
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_a_gigabyte_in_chunks_is_refused_after_25_megabytes(web: Web, person: Person) -> None:
    before = web.peak()
    chunk = b"f4240\r\n" + bytes(MB) + b"\r\n"
    with web.connect() as connection:
        connection.sendall(head("Transfer-Encoding: chunked", f"X-Session-Token: {person.token}"))
        sent = 0
        while sent < 1000 and not select.select([connection], [], [], 0)[0]:
            connection.sendall(chunk)
            sent += 1
        assert connection.recv(4096).startswith(b"HTTP/1.1 413 ")
    assert 25 <= sent < 50  # MB; some wait in the buffers of the connection
    assert web.peak() - before < 20 * MB
