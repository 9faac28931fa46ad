"""A value in the environment that cannot be meant is named, and the default stands in."""

from __future__ import annotations

import pytest
from django.db import connection

from emojiforge import environment


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(environment, "ERRORS", found)
    return found


@pytest.mark.parametrize(
    ("platform", "cores", "processes"), [("linux", 1, 1), ("linux", 2, 2), ("linux", None, 1), ("darwin", 8, 1)]
)
def test_two_web_processes_are_the_default_where_they_have_cores_and_share_connections(
    monkeypatch: pytest.MonkeyPatch, platform: str, cores: int | None, processes: int
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert environment.web_processes() == processes


@pytest.mark.parametrize(("text", "value"), [("", 0.25), ("0", 0.0), ("0.00031", 0.00031), ("1", 1.0)])
def test_numbers_within_bounds_are_taken(
    monkeypatch: pytest.MonkeyPatch, errors: list[str], text: str, value: float
) -> None:
    monkeypatch.setenv("PRICE", text)
    assert environment.number("PRICE", 0.25, 1.0) == value
    assert errors == []


@pytest.mark.parametrize("text", ["cheap", "nan", "inf", "-1", "1.5"])
def test_other_numbers_are_named(monkeypatch: pytest.MonkeyPatch, errors: list[str], text: str) -> None:
    monkeypatch.setenv("PRICE", text)
    assert environment.number("PRICE", 0.25, 1.0) == 0.25
    assert errors == [f"PRICE must be a number from 0 to 1, not {text!r}."]


def test_scalers_are_taken_in_runpods_words(monkeypatch: pytest.MonkeyPatch, errors: list[str]) -> None:
    assert environment.scaler("SCALER", "queue_delay:4") == "queue_delay:4"
    for text in ("queue_delay:0", "request_count:3"):
        monkeypatch.setenv("SCALER", text)
        assert environment.scaler("SCALER", "queue_delay:4") == text
    assert errors == []
    for text in ("queue_delay", "request_count:0", "fast:1", "queue_delay:x"):
        monkeypatch.setenv("SCALER", text)
        assert environment.scaler("SCALER", "queue_delay:4") == "queue_delay:4"
        assert repr(text) in errors.pop()


def test_a_secret_that_could_be_guessed_is_not_taken(monkeypatch: pytest.MonkeyPatch, errors: list[str]) -> None:
    assert environment.token("TOKEN") == ""
    monkeypatch.setenv("TOKEN", "x" * environment.TOKEN_LENGTH)
    assert environment.token("TOKEN") == "x" * environment.TOKEN_LENGTH
    assert errors == []
    monkeypatch.setenv("TOKEN", "secret")
    assert environment.token("TOKEN") == ""
    assert errors == ["TOKEN must have at least 16 characters."]
    assert "secret" not in errors[0]


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("https://key@o1.ingest.example.org/7", True),
        ("http://key:secret@127.0.0.1:9000/path/7", True),
        ("https://o1.ingest.example.org/7", False),
        ("https://key@example.org/", False),
        ("key", False),
    ],
)
def test_only_a_collectors_address_is_taken(
    monkeypatch: pytest.MonkeyPatch, errors: list[str], text: str, taken: bool
) -> None:
    monkeypatch.setenv("DSN", text)
    assert environment.sentry_dsn("DSN") == (text if taken else "")
    assert len(errors) == (not taken)


def test_a_bucket_is_read_from_its_address(monkeypatch: pytest.MonkeyPatch, errors: list[str]) -> None:
    monkeypatch.setenv("STORAGE", "s3://KEY:a%2Fb%2Bc@s3.eu-west-1.amazonaws.com/my-bucket?region=eu-west-1")
    assert environment.storage("STORAGE")["OPTIONS"] == {
        "access_key": "KEY",
        "secret_key": "a/b+c",
        "bucket_name": "my-bucket",
        "endpoint_url": "https://s3.eu-west-1.amazonaws.com",
        "region_name": "eu-west-1",
    }
    for address in ("s3://k:s@127.0.0.1:9000/emoji", "s3://k:s@minio:9000/emoji?tls=false"):
        monkeypatch.setenv("STORAGE", address)
        assert environment.storage("STORAGE")["OPTIONS"]["endpoint_url"].startswith("http://")
    assert errors == []


@pytest.mark.parametrize(
    "text",
    [
        "s3://host/bucket",
        "s3://k:s@host/",
        "s3://k:s@host/Not A Bucket",
        "s3://k:s@host/emoji?endpoint=x",
        "http://k:s@host/b",
        "s3://[",
    ],
)
def test_what_is_no_bucket_is_named_and_files_stay_here(
    monkeypatch: pytest.MonkeyPatch, errors: list[str], text: str
) -> None:
    monkeypatch.setenv("STORAGE", text)
    assert "OPTIONS" not in environment.storage("STORAGE")
    assert len(errors) == 1
    assert text not in errors[0], "a secret may be in it"


@pytest.mark.parametrize(
    "text", ["http://host:8000/v2", "redis://:secret@[::1]:6379/0", "redis:///0", "unix:///redis.sock"]
)
def test_addresses_are_taken_as_they_are(monkeypatch: pytest.MonkeyPatch, errors: list[str], text: str) -> None:
    monkeypatch.setenv("ADDRESS", text)
    assert environment.url("ADDRESS", "", ("http", "redis", "unix")) == text
    assert errors == []


@pytest.mark.parametrize(
    "text", ["http://", "http:///v2", "http://a b/", "redis://u:secret@host:port/0", "redis://[", "secret"]
)
def test_an_address_that_leads_nowhere_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, errors: list[str], text: str
) -> None:
    monkeypatch.setenv("ADDRESS", text)
    assert environment.url("ADDRESS", "", ("http", "redis")) == ""
    assert len(errors) == 1
    assert "secret" not in errors[0]


@pytest.mark.parametrize("text", ["²", "9" * 5000, "-1", "1.5", "65536"])
def test_what_is_no_whole_number_within_bounds_is_named(
    monkeypatch: pytest.MonkeyPatch, errors: list[str], text: str
) -> None:
    monkeypatch.setenv("COUNT", text)
    assert environment.integer("COUNT", 7, 0, 65535) == 7
    assert len(errors) == 1


@pytest.mark.parametrize(
    "text", ["mail.example.org", "smtp://", "smtp+tls://user:secret@host:port", "pop3://secret@host"]
)
def test_what_is_no_mail_server_is_named_and_mail_goes_nowhere(
    monkeypatch: pytest.MonkeyPatch, errors: list[str], text: str
) -> None:
    monkeypatch.setenv("MAIL", text)
    assert environment.mail("MAIL") == {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    assert len(errors) == 1
    assert "secret" not in errors[0]


def test_a_mail_server_is_read_from_its_address(monkeypatch: pytest.MonkeyPatch, errors: list[str]) -> None:
    monkeypatch.setenv("MAIL", "smtp+tls://user:password@mail.example.org:587")
    found = environment.mail("MAIL")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("mail.example.org", 587, True)
    assert found["EMAIL_TIMEOUT"] == 10
    assert errors == []


def test_an_origin_without_a_scheme_is_named(monkeypatch: pytest.MonkeyPatch, errors: list[str]) -> None:
    monkeypatch.setenv("ORIGINS", "https://emoji.example.org, emoji.example.org")
    assert environment.origins("ORIGINS") == ["https://emoji.example.org"]
    assert errors == ["ORIGINS must hold origins as https://emoji.example.org, not 'emoji.example.org'."]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps pages for all connections together")
def test_the_connection_of_a_thread_keeps_few_pages(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        assert cursor.fetchone() == (-256,)
