"""What the environment says, read once. Wrong values are collected here and named by `animations.checks`."""

from __future__ import annotations

import fcntl
import ipaddress
import json
import math
import os
import re
import secrets
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from gpu.batch.fleet import Scaler

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(str(BASE_DIR / ".env"))

ERRORS: list[str] = []
"""One sentence per setting that is wrong; the system check shows them all at once."""
OTHERS: Final = 0o077
"""The permissions of a file's group and of everybody else."""
TOKEN_LENGTH: Final = 16
NUMBER: Final = re.compile(r"[0-9]{1,12}")
BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/]+")
DSN: Final = re.compile(r"https?://[^\s@/:]+(:[^\s@/]+)?@[\w.-]+(:\d{1,5})?(/[\w.-]+)*/\d+")


def data_dir(name: str) -> Path:
    """Return the folder of all data, closed to everybody else; so is what this process and its children write.

    Every process reads the settings before it writes anything, and so comes by here.
    """
    os.umask(OTHERS)
    path = Path(env.str(name, default="") or BASE_DIR / "var").expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    state = path.stat()
    if state.st_mode & stat.S_ISVTX or path == path.parent:
        ERRORS.append(f"{name} must be a folder of EmojiForge's own, which {path} is not.")
    elif state.st_mode & OTHERS and state.st_uid == os.geteuid():
        _close_to_others(path)
    return path


def _close_to_others(folder: Path) -> None:
    """Take the permissions of others away, as of a folder that an older version made: its own first of all."""
    folder.chmod(folder.stat().st_mode & ~OTHERS)
    for path, _, files in os.walk(folder):
        for place in (path, *(os.path.join(path, file) for file in files)):  # noqa: PTH118  (may be many)
            with suppress(OSError):  # gone meanwhile, or somebody else's
                mode = os.lstat(place).st_mode
                if mode & OTHERS and not stat.S_ISLNK(mode):
                    os.chmod(place, stat.S_IMODE(mode) & ~OTHERS)  # noqa: PTH101


def integer(name: str, default: int, least: int, most: int) -> int:
    """Read a whole number within bounds; note anything else in `ERRORS` and return the default."""
    text = env.str(name, default="")
    if not text:
        return default
    if not NUMBER.fullmatch(text) or not least <= int(text) <= most:
        ERRORS.append(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
        return default
    return int(text)


def web_processes() -> int:
    """Return how many web processes there are by default: two where there are cores for them.

    Only Linux deals connections out among the processes that share an address.
    """
    return 2 if sys.platform == "linux" and (os.cpu_count() or 1) > 1 else 1


def number(name: str, default: float, most: float) -> float:
    """Read a number from 0 to `most`; note anything else in `ERRORS` and return the default."""
    text = env.str(name, default="")
    try:
        value = float(text or default)
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:  # not a number is not within bounds either
        ERRORS.append(f"{name} must be a number from 0 to {most:g}, not {text!r}.")
        return default
    return value


def scaler(name: str, default: str) -> str:
    """Read the rule by which an endpoint starts workers, in the words of `gpu.batch.fleet.Scaler`."""
    text = env.str(name, default="") or default
    try:
        return str(Scaler.parse(text))
    except ValueError:
        ERRORS.append(f"{name} must be queue_delay:SECONDS or request_count:JOBS, not {text!r}.")
        return default


def token(name: str) -> str:
    """Read a secret that others send us; one that could be guessed is noted in `ERRORS` and not taken."""
    text: str = env.str(name, default="").strip()
    if text and len(text) < TOKEN_LENGTH:
        ERRORS.append(f"{name} must have at least {TOKEN_LENGTH} characters.")
        return ""
    return text


def boolean(name: str, default: bool) -> bool:
    text = env.str(name, default="").strip().lower()
    if not text:
        return default
    if text not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
        ERRORS.append(f"{name} must be true or false, not {text!r}.")
        return default
    return text in {"1", "true", "yes", "on"}


def url(name: str, default: str, schemes: tuple[str, ...]) -> str:
    """Read an address; note one that leads nowhere in `ERRORS`, without its password, and return the default."""
    text = env.str(name, default="") or default
    if text and text.partition("://")[0] not in schemes:
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        ERRORS.append(f"{name} must start with {wanted}.")
        return default
    if text and not _is_address(text):
        ERRORS.append(f"{name} must be a whole address: a host, and a port only as a number.")
        return default
    return text


def _is_address(text: str) -> bool:
    """Return whether host and port can be read; only addresses of the web need a host, others may name a file."""
    try:
        parts = urlsplit(text)
        _, host = parts.port, parts.hostname or ""
    except ValueError:
        return False
    is_whole = bool(host) or (parts.scheme not in {"http", "https"} and bool(parts.path))
    return is_whole and not re.search(r"\s", host)


def origins(name: str) -> list[str]:
    """Read origins, separated by commas; one without a scheme is noted in `ERRORS` and not taken."""
    found = [origin.strip() for origin in env.list(name, default=[]) if origin.strip()]
    if wrong := [origin for origin in found if not ORIGIN.fullmatch(origin)]:
        ERRORS.append(f"{name} must hold origins as https://emoji.example.org, not {wrong[0]!r}.")
    return [origin for origin in found if origin not in wrong]


def mail(name: str) -> dict[str, Any]:
    """Return the settings of the mail server that a URL names; with an empty or a wrong one mail goes nowhere."""
    text: str = env.str(name, default="").strip()
    nowhere: dict[str, Any] = {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    if not text:
        return nowhere
    try:
        config: dict[str, Any] = env.email_url_config(text)
        is_whole = bool(config["EMAIL_HOST"]) or not text.startswith("smtp")
    except (ValueError, ImproperlyConfigured):
        is_whole = False
    if not is_whole:
        ERRORS.append(f"{name} must look like smtp+tls://user:password@host:587, or be consolemail://.")
        return nowhere
    return config | {"EMAIL_TIMEOUT": 10}


def sentry_dsn(name: str) -> str:
    """Read where error reports go; an address that no collector has is noted in `ERRORS` and not taken."""
    text: str = env.str(name, default="").strip()
    if text and not DSN.fullmatch(text):
        ERRORS.append(f"{name} must look like https://KEY@HOST/PROJECT, as the collector shows it.")
        return ""
    return text


def storage(name: str) -> dict[str, Any]:
    """Return the settings of the storage that a URL names (`s3://KEY:SECRET@HOST/BUCKET`), else of local files."""
    text: str = env.str(name, default="").strip()
    local: dict[str, Any] = {"BACKEND": "emojiforge.local_storage.AtomicFileStorage"}
    if not text:
        return local
    try:
        options = _object_storage(urlsplit(text))
    except ValueError:
        ERRORS.append(f"{name} must look like s3://KEY:SECRET@HOST/BUCKET, perhaps with ?region=NAME.")
        return local
    return {"BACKEND": "emojiforge.object_storage.ObjectStorage", "OPTIONS": options}


def _object_storage(parts: SplitResult) -> dict[str, Any]:
    """Read where the bucket is: over TLS, but on this machine or with `?tls=false`. Raises `ValueError`."""
    bucket, query = parts.path.strip("/"), dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    given = parts.scheme == "s3" and parts.username and parts.password and parts.hostname
    if not given or not BUCKET.fullmatch(bucket) or not set(query) <= {"region", "tls"}:
        raise ValueError("not the address of a bucket")
    plain = query.get("tls") == "false" or is_loopback(str(parts.hostname))
    host = parts.netloc.rpartition("@")[2]
    return {
        "access_key": unquote(parts.username or ""),
        "secret_key": unquote(parts.password or ""),
        "bucket_name": bucket,
        "endpoint_url": f"{'http' if plain else 'https'}://{host}",
        "region_name": query.get("region", "us-east-1"),
    }


def database(folder: Path) -> dict[str, Any]:
    """Return the settings of SQLite in WAL mode inside `folder`, or what `DATABASE_URL` names."""
    text = url("DATABASE_URL", "", ("postgres", "postgresql", "sqlite"))
    config: dict[str, Any] = dict(env.db_url_config(text or f"sqlite:///{folder / 'db.sqlite3'}"))
    if "sqlite" in config["ENGINE"]:
        # IMMEDIATE takes the write lock when a transaction begins, so that two writers queue up for
        # `timeout` seconds instead of failing half way. Each thread has a connection, which by itself keeps 2 MB of
        # pages; the system keeps them too.
        config["CONN_MAX_AGE"] = 60
        config["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-256;",
        }
    else:
        from emojiforge.database.postgresql import WatchedConnection  # noqa: PLC0415  (SQLite needs no psycopg)

        # Threads come and go, and a connection that outlives its request would be lost with its thread. The pool
        # keeps them instead; `reconnect_timeout` bounds its pauses once the server is back.
        config |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
        sizes = {"min_size": 0, "max_size": 20, "timeout": 5, "reconnect_timeout": 5}
        pool = {"connection_class": WatchedConnection, **sizes}
        config["OPTIONS"] = {"connect_timeout": 5, "pool": pool, **config.get("OPTIONS", {})}
    return config


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def secret_key(folder: Path, host: str) -> str:
    """Return `SECRET_KEY`, or on loopback a key that is made once and kept in `folder` for its owner alone."""
    key: str = env.str("SECRET_KEY", default="")
    if key:
        return key
    if not is_loopback(host):
        ERRORS.append("SECRET_KEY is required while HOST is not a loopback address.")
        return secrets.token_urlsafe(50)
    return _kept_key(folder / "secret_key")


def _kept_key(path: Path) -> str:
    """Return the key that is kept, else make one: written beside and renamed, so that no start finds half of it."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # of two processes that start together one writes and the other reads
        if path.is_file() and (key := path.read_text().strip()):
            return key
        key, draft = secrets.token_urlsafe(50), path.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return key
    finally:
        os.close(folder)


def read_run_addresses(folder: Path) -> dict[str, str]:
    """Read the addresses of a running `make run`, so that `manage.py` finds the same servers."""
    try:
        found = json.loads((folder / "run.json").read_text())
    except (OSError, ValueError):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)}
