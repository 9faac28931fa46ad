"""Requests made of the API's own description, and of what it forbids, get the answers that it describes.

`FUZZ_EXAMPLES` is the number of requests of each kind for each operation; `make fuzz` sends more than the suite.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.fuzz.conftest import Fuzzed

CONFIG = Path(__file__).with_name("schemathesis.toml")
SCHEMA = "/api/v1/schema/?format=json"


def test_every_answer_to_requests_made_of_the_schema_is_described_there(fuzzed: Fuzzed) -> None:
    options = [
        *("--checks", "all", "--phases", "coverage,fuzzing", "--seed", "1", "--generation-database", "none"),
        *("--max-examples", os.environ.get("FUZZ_EXAMPLES", "2"), "--request-timeout", "20", "--no-color"),
        *("--header", f"X-Session-Token: {fuzzed.token}", "--continue-on-failure", "--warnings", "off"),
    ]
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIG)]
    with fuzzed.client() as client:  # rendered once; Schemathesis waits for 10 s only
        assert client.get(SCHEMA).status_code == 200
    place = fuzzed.web.url + SCHEMA
    ran = subprocess.run([*command, "run", *options, place], cwd=fuzzed.folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert fuzzed.web.peak() < 170_000_000
    assert "Internal Server Error" not in fuzzed.web.log.read_text()


HEADERS = (
    ("Content-Type", "text/html; charset=hex"),
    ("Content-Type", "text/html; charset=idna"),
    ("Content-Type", "text/html; charset*=hex''41"),
    ("Content-Type", "text/html; charset*=utf-8''a%00b"),
    ("Content-Type", "text/html; charset*=nothing''41"),
    ("Content-Type", "/;;;\xe9"),
    ("Accept", "application/json; version*=hex''41"),
    ("Accept", ";;;\xe9"),
    ("Cookie", 'sessionid="\\000aaaaaaaaa"; csrftoken="\\000"'),
    ("X-Session-Token", "\xe9" * 300),
    ("If-None-Match", '\xe9"'),
    ("Range", f"bytes={10**30}-{10**31}"),
    ("X-Forwarded-Proto", "\xe9"),
    ("X-Forwarded-For", "\xe9, 1.2.3.4:x"),
    ("Origin", "http://["),
    ("Referer", "http://["),
    ("Host", "\xe9"),
)
PATHS = (
    *(
        "/",
        "/api/v1/projects/",
        "/api/v1/motions/read/?text=%41",
        "/accounts/login/",
        "/_allauth/app/v1/auth/session",
    ),
    *(
        "/%00",
        "/%ed%a0%80/",
        "/api/v1/%ff/",
        "/api/v1/presets/%00/",
        f"/media/exports/{10**30}/",
        "/media/exports/%00/",
    ),
    *(
        "/static/%00",
        "/static/%ff",
        "/static/../../x",
        "//[",
        "/admin/%00/",
        "/hooks/gpu/%00:%ff/",
        "/new/?preset=%00",
    ),
    *("/accounts/login/?next=%00%ff", "/accounts/login/?next=http://[", f"/?page={10**30}", "/?page=%00"),
    *("/accounts/password/reset/key/zzzzzzzzzzzzz-%00/", "/accounts/confirm-email/a:%00/", "/api/v1/docs/?url=%00"),
)


def test_no_header_and_no_address_is_an_error_of_ours(fuzzed: Fuzzed) -> None:
    with fuzzed.client() as client:
        for path in PATHS:
            for name, value in (*HEADERS, ("Accept", "*/*")):
                for method in ("GET", "POST"):
                    sent = {name.encode(): value.encode("latin-1")}
                    answer = client.request(method, fuzzed.web.url + path, headers=sent)
                    assert answer.status_code < 500, (method, path, name, value)
