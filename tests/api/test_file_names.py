"""The name that a file has on the wire, and the project's name that is made of it."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from animations.models import Project
from tests.conftest import png

FAMILY = "👨\u200d👩\u200d👧"


def made_of(api: APIClient, disposition: str, content: bytes | None = None) -> str:
    """The name of a project of a file whose part of the form has this Content-Disposition."""
    fields = {"start": "false", "prompt": "bounce"}
    field = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    head = "".join(field.format(*pair) for pair in fields.items()) + f"--b\r\n{disposition}\r\n\r\n"
    body = head.encode() + (content or png(size=64)) + b"\r\n--b--\r\n"
    answer = api.generic("POST", "/api/v1/projects/", body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 201, answer.content
    return str(answer.json()["name"])


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
    assert made_of(api, f'Content-Disposition: form-data; name="source"; {sent}') == name
    assert Project.objects.get().name == name


def test_a_long_sentence_after_a_dot_is_no_ending(api: APIClient) -> None:
    sentence = "Mr. Whiskers " + "猫" * 250
    large = png(size=64) + bytes(400_000)  # kept by Django in a file that is named by the ending
    name = made_of(api, f'Content-Disposition: form-data; name="source"; filename="{sentence}"', large)
    assert name == sentence[:100]


@pytest.mark.parametrize("sent", ["..", "/", "", "C:\\"])
def test_a_name_of_nothing_is_no_file(api: APIClient, sent: str) -> None:
    body = f'--b\r\nContent-Disposition: form-data; name="source"; filename="{sent}"\r\n\r\nx\r\n--b--\r\n'
    answer = api.generic("POST", "/api/v1/projects/", body.encode(), content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "source"
