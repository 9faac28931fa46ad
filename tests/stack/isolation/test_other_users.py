"""Other users of the machine read nothing of a running product; pages of other origins change nothing in it."""

from __future__ import annotations

import os
import re
import socket
import stat
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from tests.conftest import png
from tests.stack.product import Person, Product

pytestmark = pytest.mark.stack
OTHERS = stat.S_IRWXG | stat.S_IRWXO
EVIL = {"Origin": "https://evil.example.org"}


def as_nobody(command: str) -> str:
    """Return what another user of the machine reads with this line of shell."""
    done = subprocess.run(
        ["sh", "-c", command],
        user="nobody",
        group="nogroup",
        extra_groups=[],
        capture_output=True,
        text=True,
        cwd="/",
    )
    return done.stdout


def processes(product: Product) -> list[psutil.Process]:
    parent = psutil.Process(product.process.pid)
    return [parent, *parent.children(recursive=True)]


def secrets_of(product: Product, person: Person) -> list[str]:
    """Return what lets its holder in: Redis' password, the endpoint's key, Django's key, a session, a reset link."""
    addresses = product.addresses
    key = (product.data_dir / "secret_key").read_text()
    password = urlsplit(addresses["REDIS_URL"]).password or ""
    return [password, addresses["LOCAL_GPU_KEY"], key, person.token]


def test_the_files_of_a_run_are_closed_to_other_users(product: Product, person: Person) -> None:
    person.upload(png(size=64))
    found = [product.data_dir, *product.data_dir.rglob("*")]
    assert [path for path in found if _is_open(path)] == []
    if os.geteuid() == 0:  # nobody else can become another user
        assert as_nobody(f"ls {product.data_dir}; cat {product.data_dir}/*.json {product.data_dir}/logs/*") == ""


def _is_open(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:  # a decode's, over by now
        return False
    return bool(mode & OTHERS) and not stat.S_ISLNK(mode)


def test_command_lines_and_logs_hold_no_secret(product: Product, person: Person) -> None:
    ticket = person.http.post("tickets/").json()["ticket"]
    httpx.get(f"{product.base}/nowhere/?ticket={ticket}")
    httpx.post(f"{product.base}/accounts/password/reset/", data={"email": "a@example.com"})
    lines = [" ".join(process.cmdline()) for process in processes(product)]
    logs = [path.read_text() for path in (product.data_dir / "logs").iterdir()]
    written = "\n".join([*lines, *logs])
    assert "/nowhere/" in written
    for secret in (ticket, *secrets_of(product, person)):
        assert len(secret) > 15
        assert secret not in written
    assert not re.search(r"password/reset/key/\w", written)
    if os.geteuid() == 0:
        assert as_nobody("; ".join(f"cat /proc/{process.pid}/environ" for process in processes(product))) == ""


def test_the_servers_of_a_run_answer_nobody_without_its_keys(product: Product) -> None:
    redis = urlsplit(product.addresses["REDIS_URL"])
    with socket.create_connection((str(redis.hostname), int(redis.port or 0)), 5) as connection:
        connection.sendall(b"KEYS *\r\n")
        assert connection.recv(100).startswith(b"-NOAUTH")
    endpoint = product.addresses["RUNPOD_BASE_URL"]
    for address in (
        f"{endpoint}/local/run",
        f"{endpoint}/local/health",
        f"{endpoint.removesuffix('/v2')}/_emulator/billing",
    ):
        for headers in ({}, EVIL, EVIL | {"Content-Type": "text/plain"}):
            for method in ("GET", "POST"):
                answer = httpx.request(method, address, headers=headers, content=b"{}", trust_env=False)
                assert answer.status_code in (401, 403), (method, address, headers, answer.text)


def test_a_page_of_another_origin_changes_nothing(product: Product, person: Person) -> None:
    project = person.upload(png(size=64))["id"]
    before = person.get(f"projects/{project}/")["name"]
    with httpx.Client(base_url=product.base, cookies={"sessionid": person.token}) as browser:
        assert browser.get(f"/api/v1/projects/{project}/").status_code == 200  # the cookie alone signs them in
        browser.get("/new/")
        attempts = [
            ("PATCH", f"/api/v1/projects/{project}/"),
            ("DELETE", f"/api/v1/projects/{project}/"),
            ("POST", f"/api/v1/projects/{project}/generate/"),
            ("POST", "/api/v1/tickets/"),
            ("POST", "/accounts/logout/"),
            ("POST", "/_allauth/browser/v1/account/password/change"),
        ]
        for method, path in attempts:
            for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json"):
                answer = browser.request(
                    method, path, headers=EVIL | {"Content-Type": kind}, content=b'{"name": "x"}'
                )
                assert answer.status_code in (401, 403, 415), (method, path, kind, answer.status_code)
    assert person.get(f"projects/{project}/")["name"] == before
