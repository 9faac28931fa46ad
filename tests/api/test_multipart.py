"""The name that a file has on the wire, and the project's name that is made of it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rest_framework.test import APIClient

from animations.api.multipart import Utf8HeaderStream
from animations.models import Project
from tests.conftest import png

FAMILY = "👨\u200d👩\u200d👧"


def post_form(api: APIClient, body: bytes) -> Any:
    """Post a multipart form as it stands; the client's own encoder would make every name UTF-8."""
    kind = "multipart/form-data; boundary=b"
    return api.post("/api/v1/projects/", body, content_type=kind)


def project_name(api: APIClient, disposition: str | bytes, content: bytes | None = None) -> str:
    """Return the name of the project made of a file whose part of the form has this Content-Disposition."""
    line = disposition.encode() if isinstance(disposition, str) else disposition
    fields = {"start": "false", "prompt": "bounce"}
    field = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    head = "".join(field.format(*pair) for pair in fields.items()).encode() + b"--b\r\n" + line + b"\r\n\r\n"
    body = head + (content or png(size=64)) + b"\r\n--b--\r\n"
    answer = post_form(api, body)
    assert answer.status_code == 201, answer.content
    stem, _, motion = str(answer.json()["name"]).rpartition(", ")
    assert motion == "bounce"
    return stem


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ('filename="猫 und ñandú.png"', "猫 und ñandú"),
        ('filename="🐱.png"', "🐱"),
        (f'filename="{FAMILY}.png"', FAMILY),
        ('filename="say %22hi%22.png"', 'say "hi"'),
        (r'filename="say \"hi\".png"', 'say "hi"'),
        ('filename="100%25 %41.png"', "100%25 %41"),
        ('filename="AT&amp;T.png"', "AT&amp;T"),
        ("filename=\"cat.png\"; filename*=UTF-8''%E7%8C%AB%20%22x%22.png", '猫 "x"'),
        ("filename*=utf-8'de'%C3%B1.png", "ñ"),
        ("filename*=iso-8859-1''%F1.png", "ñ"),
        (r'filename="C:\Users\me\cat.png"', "cat"),
        (r'filename="C:\fakepath\猫.png"', "猫"),
        (r'filename="\\server\share\cat.png"', "cat"),
        (r'filename="a\b.png"', r"a\b"),
        ('filename="../../etc/cat.png"', "cat"),
        ('filename="نمونه\u200cها.png"', "نمونه\u200cها"),
        ('filename="gif\u202egnp.png"', "gifgnp"),
        ('filename="two%0D%0Alines.png"', "two  lines"),
        ('filename="semi;colon.png"', "semi;colon"),
        ("filename=plain.png", "plain"),
    ],
)
def test_a_project_keeps_every_letter_of_its_files_name(api: APIClient, sent: str, name: str) -> None:
    assert project_name(api, f'Content-Disposition: form-data; name="source"; {sent}') == name
    assert Project.objects.get().name == f"{name}, bounce"


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        (b"caf\xe9.png", "café"),
        ("“Zoë” – 5 €.png".encode("cp1252"), "“Zoë” – 5 €"),
        ("猫".encode() + b"\xe7.png", "猫ç"),  # cut in the middle of a letter
        (b"a\x81b.png", "a\ufffdb"),
        ("猫.png".encode("shift_jis"), "”L"),
    ],
)
def test_a_file_whose_name_is_not_utf8_is_accepted(api: APIClient, sent: bytes, name: str) -> None:
    assert project_name(api, b'Content-Disposition: form-data; name="source"; filename="' + sent + b'"') == name


@pytest.mark.parametrize("chunk", [1, 7, 64, 1000, 100_000])
def test_only_the_headers_of_a_form_are_read_as_latin_1(chunk: int) -> None:
    content = bytes(range(256)) * 40 + b"\r\n\r\n\xe9\r\n--not-it\r\n"
    head = b'Content-Disposition: form-data; name="a"; filename="%s"\r\nX-Other: \xff\r\n\r\n'
    parts = [head % name + content for name in (b"caf\xe9.png", "ñ.png".encode())]
    body = b"\r\n--it\r\n".join([b"\xe9", *parts]) + b"\r\n--it--\r\n"
    wanted = body.replace(b"caf\xe9", "café".encode()).replace(b"X-Other: \xff", "X-Other: ÿ".encode())
    stream = Utf8HeaderStream(io.BytesIO(body), b"it")
    assert b"".join(iter(lambda: stream.read(chunk), b"")) == wanted


def test_a_form_that_never_ends_its_headers_passes_unchanged() -> None:
    body = b"--it\r\n" + b"\xe9" * 50_000
    stream = Utf8HeaderStream(io.BytesIO(body), b"it")
    assert b"".join(iter(lambda: stream.read(4096), b"")) == body


def test_a_long_sentence_after_a_dot_is_not_an_extension(api: APIClient) -> None:
    sentence = "Mr. Whiskers " + "猫" * 250
    large = png(size=64) + bytes(400_000)  # kept by Django in a file that is named by the ending
    name = project_name(api, f'Content-Disposition: form-data; name="source"; filename="{sentence}"', large)
    assert name == sentence[: 100 - len(", bounce")]


@pytest.mark.parametrize("sent", ["..", "/", "", "C:\\"])
def test_an_empty_file_name_is_refused(api: APIClient, sent: str) -> None:
    body = f'--b\r\nContent-Disposition: form-data; name="source"; filename="{sent}"\r\n\r\nx\r\n--b--\r\n'
    answer = post_form(api, body.encode())
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "source"
