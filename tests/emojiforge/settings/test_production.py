"""A site that others reach is told what is unsafe about it; a run on this machine is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from emojiforge.environment import BASE_DIR, secret_key

PRODUCTION = {
    "HOST": "0.0.0.0",
    "SECRET_KEY": "".join(f"{number:x}" for number in range(40)),
    "ALLOWED_HOSTS": "emoji.example.org",
    "PUBLIC_URL": "https://emoji.example.org",
    "TRUSTED_PROXIES": "1",
}
LOCAL = {"HOST": "127.0.0.1", "SECRET_KEY": "", "PUBLIC_URL": "", "TRUSTED_PROXIES": ""}
"""As without any setting."""


def run(command: list[str], folder: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATA_DIR": str(folder / "data"), "DATABASE_URL": "", **settings}
    return subprocess.run([sys.executable, *command], env=environment, cwd=BASE_DIR, capture_output=True, text=True)


def test_the_check_of_a_deployment_has_nothing_to_say(tmp_path: Path) -> None:
    done = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], tmp_path, PRODUCTION)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SECRET_KEY": "changeme"}, "W201"),
        ({"ALLOWED_HOSTS": "*"}, "W202"),
        ({"PUBLIC_URL": ""}, "W203"),
        ({"TRUSTED_PROXIES": "0"}, "W204"),
        ({"ALLOWED_HOSTS": "localhost"}, "W205"),
        (LOCAL, ""),
    ],
)
def test_what_is_unsafe_is_named(changed: dict[str, str], named: str, tmp_path: Path) -> None:
    code = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "emojiforge.settings"
import django
django.setup()
from animations.checks import public_site_is_safe
print(*(message.id for message in public_site_is_safe()))
"""
    done = run(["-c", code], tmp_path, PRODUCTION | changed)
    assert done.stdout.strip() == (named and f"emojiforge.{named}"), done.stderr


@pytest.mark.parametrize(
    ("changed", "cookies", "hsts", "redirects", "believes"),
    [
        ({}, True, True, True, True),
        ({"HOST": "127.0.0.1"}, True, True, True, True),
        ({"TRUSTED_PROXIES": "0"}, True, True, False, False),
        ({"PUBLIC_URL": ""}, False, False, False, True),
        (LOCAL, False, False, False, False),
    ],
)
def test_cookies_and_hsts_go_by_the_public_scheme(
    changed: dict[str, str], cookies: bool, hsts: bool, redirects: bool, believes: bool, tmp_path: Path
) -> None:
    code = """
import json
from emojiforge import settings as s
found = (s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SECURE_SSL_REDIRECT, s.SECURE_PROXY_SSL_HEADER)
print(json.dumps([bool(one) for one in found]))
"""
    done = run(["-c", code], tmp_path, PRODUCTION | changed)
    assert json.loads(done.stdout) == [cookies, hsts, redirects, believes], done.stderr


def test_a_host_for_others_without_names_to_answer_to_is_an_error(tmp_path: Path) -> None:
    done = run(["manage.py", "check"], tmp_path, PRODUCTION | {"ALLOWED_HOSTS": ""})
    assert done.returncode == 1
    assert "ALLOWED_HOSTS is required" in done.stderr


def test_a_secret_key_that_was_cut_short_is_made_anew_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    kept = tmp_path / "secret_key"
    kept.write_text("")
    key = secret_key(tmp_path, "127.0.0.1")
    assert len(key) > 50
    assert secret_key(tmp_path, "127.0.0.1") == kept.read_text() == key
    assert kept.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [kept]
