"""Bringing the data up to date: what is wrong gives one line, what is done is not done again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from animations.actions.engines import check_engine
from animations.actions.errors import ActionError
from animations.models import EndpointState
from emojiforge.launch.console import StartupError
from emojiforge.launch.ports import free_port
from emojiforge.launch.prepare import expire_engines, static_digest, update_static_files, wait_for_redis
from tests.emojiforge.valkey import Valkey

ROOT = Path(__file__).parents[3]


def test_redis_that_answers_is_waited_for(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path)
    try:
        wait_for_redis(valkey.url)
    finally:
        valkey.close()


def test_redis_that_does_not_answer_names_its_setting() -> None:
    with pytest.raises(StartupError, match=r"Redis does not answer .* Is REDIS_URL right\?"):
        wait_for_redis(f"redis://127.0.0.1:{free_port()}/0", patience=0.1)


@pytest.fixture
def static(tmp_path: Path) -> Iterator[Path]:
    """Use a folder with one static file, collected into `collected`, and no others."""
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "studio.css").write_text("a { color: red }")
    with override_settings(
        STATICFILES_DIRS=[folder],
        STATIC_ROOT=tmp_path / "collected",
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STORAGES={"staticfiles": {"BACKEND": "emojiforge.static.ModuleStaticFilesStorage"}},
    ):
        yield folder


def test_static_files_are_collected_when_one_changed_and_only_then(static: Path, tmp_path: Path) -> None:
    stamp = tmp_path / "static.stamp"
    assert update_static_files(stamp) is True
    assert (tmp_path / "collected/studio.css").read_text() == "a { color: red }"
    assert update_static_files(stamp) is False
    (static / "studio.css").write_text("a { color: blue }")
    assert update_static_files(stamp) is True
    hashed = [path.name for path in (tmp_path / "collected").glob("studio.*.css")]
    assert len(hashed) == 1, "the file of before is gone"


def test_the_digest_changes_with_every_file(static: Path) -> None:
    before = static_digest()
    assert static_digest() == before
    (static / "new.js").touch()
    assert static_digest() != before


@pytest.mark.django_db
def test_an_engine_that_was_missing_before_the_start_is_tried_after_it() -> None:
    expire_engines()
    said = {"sam": {"available": False, "reason": "SAM is not installed"}}
    EndpointState.objects.create(endpoint=settings.RUNPOD_ENDPOINT_ID, info={"tasks": said, "asked_at": time.time()})
    with pytest.raises(ActionError, match="SAM is not installed"):
        check_engine("sam", "engine")
    expire_engines()
    check_engine("sam", "engine")
    assert EndpointState.objects.get().info == {"tasks": said}


def prepared_with(tmp_path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m emojiforge.launch.prepare` with these settings."""
    environment = {**os.environ, "DATA_DIR": str(tmp_path), **settings}
    command = [sys.executable, "-m", "emojiforge.launch.prepare"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_wrong_settings_are_named_all_at_once(tmp_path: Path) -> None:
    done = prepared_with(tmp_path, PORT="lots", RUNPOD_API_KEY="key", RUNPOD_ENDPOINT_ID="local")
    assert done.returncode == 1
    assert "PORT must be a whole number" in done.stderr
    assert "RUNPOD_ENDPOINT_ID is required" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_cannot_be_reached_names_its_setting(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path / "redis")
    try:
        done = prepared_with(tmp_path, REDIS_URL=valkey.url, DATABASE_URL="sqlite:////nowhere/at/all.sqlite3")
    finally:
        valkey.close()
    assert done.returncode == 1
    assert "Is DATABASE_URL right?" in done.stderr
    assert "Traceback" not in done.stderr
