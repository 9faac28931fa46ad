"""A site that others reach is told what is unsafe about it; a run on this machine is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from emojiforge.environment import BASE_DIR

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
