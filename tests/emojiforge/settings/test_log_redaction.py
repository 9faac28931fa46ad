"""A log lets nobody in who reads it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError

from emojiforge.environment import BASE_DIR
from emojiforge.http.log_redaction import LogFormatter


def line(message: str, *words: object, error: BaseException | None = None) -> str:
    info = (type(error), error, None) if error else None
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, message, words, info)
    return LogFormatter("%(levelname)s: %(message)s").format(record)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("/accounts/password/reset/key/1-c7x-0123abc/", "/accounts/password/reset/key/…"),
        ("/accounts/confirm-email/MQ:1v:sig_nature/", "/accounts/confirm-email/…"),
        ("/hooks/gpu/12:abcdef/", "/hooks/gpu/…"),
        ("/s/aBc-123_x/frames/7/", "/s/…"),
        ("/ws/projects/5/?ticket=secret&x=1", "/ws/projects/5/?…"),
        ("https://emoji.example.org/ws/?ticket=secret", "https://emoji.example.org/ws/?…"),
        ("'/ws/?ticket=secret'", "'/ws/?…'"),
        ("/api/v1/projects/", "/api/v1/projects/"),
        ("Is REDIS_URL right? Yes and/or no? Perhaps", "Is REDIS_URL right? Yes and/or no? Perhaps"),
    ],
)
def test_keys_and_query_strings_are_cut_from_addresses(address: str, written: str) -> None:
    assert line("Not Found: %s", address) == f"WARNING: Not Found: {written}"


def test_they_are_cut_from_tracebacks_too() -> None:
    assert line("failed", error=ValueError("no /ws/?ticket=secret")).endswith("ValueError: no /ws/?…")


def test_an_outage_takes_one_short_line_and_another_error_keeps_its_traceback() -> None:
    try:
        raise OperationalError("connection refused")
    except OperationalError as error:
        logged = line("Service Unavailable: %s", f"/{'x' * 5000}", error=error)
    assert "\n" not in logged
    assert logged.startswith("WARNING: Service Unavailable: /xxx")
    assert logged.endswith("x: OperationalError")
    assert len(logged) < 300
    assert "\n" in line("failed", error=ValueError("ours"))


@pytest.mark.parametrize(("url", "is_written"), [("", False), ("consolemail://", True)])
def test_a_reset_link_is_written_only_where_a_setting_says_so(url: str, is_written: bool, tmp_path: Path) -> None:
    code = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "emojiforge.settings"
django.setup()
from django.core.mail import send_mail
send_mail("Reset", "/accounts/password/reset/key/1-abc/", None, ["a@example.org"])
"""
    environment = os.environ | {"EMAIL_URL": url, "DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=BASE_DIR, check=True, capture_output=True, text=True
    )
    assert ("/accounts/password/reset/key/1-abc/" in done.stdout + done.stderr) is is_written
