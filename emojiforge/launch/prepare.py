"""Bring what `DATA_DIR` holds up to date: database, presets, static files. `python -m emojiforge.launch.prepare`.

One process for all of it, since starting Django takes longer than each step does when nothing has changed.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from pathlib import Path
from typing import Final

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.utils import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from animations.checks import public_site_is_safe, settings_are_usable
from emojiforge.launch.console import StartupError, say, step

REDIS_PATIENCE_S: Final = 10.0
UNUSED: Final = ("redoc",)
"""Folders of installed packages that no page of ours asks for: compressing this one takes longer than all others."""


def require_usable_settings() -> None:
    """Check the settings. Raises `StartupError` with a line for each wrong one.

    Django's own checks are left to the tests: they load every page, which takes as long as everything here.
    """
    if errors := settings_are_usable(None):
        raise StartupError("\n".join(error.msg for error in errors))
    for warning in public_site_is_safe():
        say(f"Warning: {warning.msg}")


def wait_for_redis(url: str, patience: float = REDIS_PATIENCE_S) -> None:
    """Wait until Redis answers at `url`. Raises `StartupError` after `patience` seconds."""
    give_up = time.monotonic() + patience
    while True:
        try:
            with Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as redis:
                redis.ping()
            return
        except (RedisError, OSError) as error:
            if time.monotonic() > give_up:
                raise StartupError(f"Redis does not answer ({error}). Is REDIS_URL right?") from error
            time.sleep(0.05)


def update_database() -> None:
    """Migrate the database. Raises `StartupError` when it cannot be reached."""
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise StartupError(f"The database cannot be used ({str(error).strip()}). Is DATABASE_URL right?") from error


def require_storage() -> None:
    """Raise `StartupError` where files are stored in a bucket that cannot be used."""
    require_bucket = getattr(default_storage, "require_bucket", None)
    try:
        if require_bucket:
            require_bucket()
    except OSError as error:
        why = "there is no such bucket" if isinstance(error, FileNotFoundError) else error
        raise StartupError(f"The file storage cannot be used ({why}). Is STORAGE_URL right?") from error


def update_presets() -> None:
    """Write the curated presets; those that staff changed stay as they are."""
    call_command("seed_presets", verbosity=0)


def expire_engines() -> None:
    """Have the endpoint asked again what it can run: models may have been added since the last start."""
    if state := apps.get_model("animations", "EndpointState").objects.current():
        state.expire_info()


def update_static_files(stamp: Path) -> bool:
    """Collect, hash and compress static files if one has changed since `stamp` was written; return whether so."""
    wanted = static_digest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=list(UNUSED))
    stamp.write_text(wanted)
    return True


def static_digest() -> str:
    """Return a digest of every static file's path, size and time, and of the storage that writes them."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{storage.path(name)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def main() -> int:
    """Run the command: 0, or 1 and a line for each thing that is wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emojiforge.settings")
    try:
        django.setup()
        require_usable_settings()
        with step("Redis"):
            wait_for_redis(settings.REDIS_URL)
        with step("database"):
            update_database()
            expire_engines()
        with step("file storage"):
            require_storage()
        with step("presets"):
            update_presets()
        with step("static files"):
            update_static_files(settings.DATA_DIR / "static.stamp")
    except (StartupError, CommandError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
