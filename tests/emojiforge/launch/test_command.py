"""`python -m emojiforge.launch`: what it refuses before anything is started, and how it asks web."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from emojiforge.launch.__main__ import public_host, web_answers
from emojiforge.launch.ports import free_port
from emojiforge.launch.run_file import RunFile

ROOT = Path(__file__).parents[3]


def launched_with(data_dir: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATA_DIR": str(data_dir), **settings}
    command = [sys.executable, "-m", "emojiforge.launch"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_taken_port_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = launched_with(tmp_path, PORT=str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} of 127.0.0.1 is taken")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "run.json").exists()
    assert not (tmp_path / "run.pid").exists()


def test_a_second_run_on_the_same_data_is_one_line(tmp_path: Path) -> None:
    run_file = RunFile(tmp_path)
    run_file.claim()
    done = launched_with(tmp_path, PORT=str(free_port()))
    os.close(run_file.lock)
    assert done.returncode == 1
    assert f"already runs on {tmp_path} (process {os.getpid()})" in done.stderr
    assert done.stderr.count("\n") == 1


def test_wrong_settings_are_named_before_anything_starts(tmp_path: Path) -> None:
    done = launched_with(tmp_path, PORT="lots", LOCAL_GPU_WORKERS="-1")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "PORT must be a whole number from 1 to 65535, not 'lots'.",
        "LOCAL_GPU_WORKERS must be a whole number from 1 to 16, not '-1'.",
    ]
    assert not (tmp_path / "run.lock").exists()


@pytest.fixture
def web() -> Iterator[HTTPServer]:
    """Answers /healthz with 200 to those who ask for emoji.example.org, as ALLOWED_HOSTS would have it."""

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            good = self.path == "/healthz" and self.headers["Host"] == "emoji.example.org"
            self.send_response(200 if good else 400)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_web_is_asked_under_a_name_that_it_accepts(web: HTTPServer) -> None:
    port = web.server_address[1]
    assert web_answers("0.0.0.0", port, [".emoji.example.org"])
    assert not web_answers("127.0.0.1", port, ["*"])


def test_web_that_does_not_listen_does_not_answer() -> None:
    assert not web_answers("127.0.0.1", free_port(), ["localhost"])


def test_the_address_is_one_that_can_be_opened() -> None:
    assert [public_host(host) for host in ("127.0.0.1", "0.0.0.0", "::1", "::")] == [
        "127.0.0.1",
        "127.0.0.1",
        "[::1]",
        "[::1]",
    ]
