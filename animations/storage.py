"""The door to stored files: one folder per project, each file named by its bytes, so equal images are stored once.

A file that is there proves nothing: it may have been cut short. Its size is compared before it is used again, its
bytes when they are read.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final, cast
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

log = logging.getLogger(__name__)

DIGEST_LENGTH: Final = 40
"""Hexadecimal digits of a file's SHA-256 in its name."""
_PROJECTS: Final = "projects"
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGEST: Final = re.compile(rf"[0-9a-f]{{{DIGEST_LENGTH}}}")


MAX_BYTES: Final = 500_000_000
"""Far more than any file of ours has: a larger one is damaged, and not read, for as long as that would take."""


class DamagedFile(OSError):
    """The stored bytes are not those that the file's name stands for."""


UNREADABLE: Final = (DamagedFile, FileNotFoundError)
"""The errors that `read` raises."""


def save(project_id: UUID, data: bytes, extension: str) -> str:
    """Save `data` in the project's folder and return its name; the same bytes always get the same name."""
    return _save_once(name_of(project_id, data, extension), ContentFile(data))


def name_of(project_id: UUID, data: bytes, extension: str) -> str:
    """Return the name under which `save` saves these bytes."""
    return _name(project_id, hashlib.sha256(data).hexdigest(), extension)


def save_file(project_id: UUID, path: Path, extension: str, sha256: str | None = None) -> str:
    """Save a file that need not fit into memory, as `save` does; its `sha256` (hex) may be known already."""
    with path.open("rb") as file:
        if sha256 is None:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
        return _save_once(_name(project_id, sha256, extension), File(file))


def _name(project_id: UUID, sha256: str, extension: str) -> str:
    return f"{folder(project_id)}/{sha256[:DIGEST_LENGTH]}.{extension}"


def _save_once(name: str, file: File[bytes]) -> str:
    return name if stored_size(name) == file.size else default_storage.save(name, file)


def copy_file(name: str, project_id: UUID) -> str:
    """Put a stored file into the project's folder, too, under the same digest, and return its name there.

    On a disk both are one file (a hard link). Raises `FileNotFoundError`.
    """
    copied = f"{folder(project_id)}/{PurePosixPath(name).name}"
    cast(Any, default_storage).copy(name, copied)
    return copied


def stored_size(name: str) -> int | None:
    """Return how many bytes are stored under a name; None where there is no file."""
    try:
        return default_storage.size(name)
    except FileNotFoundError:
        return None


def are_stored(sizes: Collection[tuple[str, int]]) -> bool:
    """Return whether each name of a file has as many bytes stored under it; False for no file at all."""
    return bool(sizes) and all(stored_size(name) == size for name, size in sizes)


def read(name: str | None) -> bytes:
    """Return the bytes of a stored file.

    Raises `FileNotFoundError`, also for a row that names none, and `DamagedFile` for bytes that are not its own.
    """
    if not name:
        raise FileNotFoundError("the row names no file")
    with default_storage.open(name) as file:
        data = bytes(file.read()) if file.size <= MAX_BYTES else b""
    if not hashlib.sha256(data).hexdigest().startswith(_named_digest(name)):
        raise DamagedFile(f"{name} is damaged")
    return data


def is_intact(name: str) -> bool:
    """Return whether a file is there with the bytes that its name stands for, read piece by piece."""
    try:
        with default_storage.open(name) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest() if file.size <= MAX_BYTES else ""
    except FileNotFoundError:
        return False
    return digest.startswith(_named_digest(name))


def _named_digest(name: str) -> str:
    """Return the digest in a file's name; "" where the name was given by something else than its bytes."""
    named = PurePosixPath(name).name[:DIGEST_LENGTH]
    return named if _DIGEST.fullmatch(named) else ""


def project_files(project_id: UUID) -> set[str]:
    """Return the names of all files in the project's folder."""
    try:
        _, files = default_storage.listdir(folder(project_id))
    except FileNotFoundError:
        return set()
    return {f"{folder(project_id)}/{file}" for file in files}


def project_sizes(project_id: UUID) -> dict[str, int]:
    """Return the bytes of each file in the project's folder by its name, read in one listing."""
    sizes: dict[str, int] = cast(Any, default_storage).sizes(folder(project_id))
    return {f"{folder(project_id)}/{name}": size for name, size in sizes.items()}


def project_ids() -> set[UUID]:
    """Return the projects that have a folder."""
    try:
        folders, _ = default_storage.listdir(_PROJECTS)
    except FileNotFoundError:
        return set()
    return {UUID(name) for name in folders if _UUID.fullmatch(name)}


def last_written(project_id: UUID) -> datetime | None:
    """Return when the last file of the project's folder was put there; None where there is none.

    A file that is a link to another project's is as old as that; the folder itself knows when it came.
    """
    times = []
    for name in {folder(project_id), *project_files(project_id)}:
        with suppress(FileNotFoundError):
            times.append(default_storage.get_modified_time(name))
    return max(times, default=None)


def delete(name: str) -> None:
    """Delete one stored file; one that is gone already is fine."""
    default_storage.delete(name)


def delete_project_files(project_id: UUID) -> None:
    """Delete the project's folder. Never raises: its rows are gone, and what is left is swept up later."""
    try:
        _delete_folder(project_id)
    except OSError as error:
        log.warning("files of project %s are left: %s", project_id, type(error).__name__)


def _delete_folder(project_id: UUID) -> None:
    with suppress(FileNotFoundError):
        _, names = default_storage.listdir(folder(project_id))
        for name in names:
            default_storage.delete(f"{folder(project_id)}/{name}")
        default_storage.delete(folder(project_id))


def folder(project_id: UUID) -> str:
    """Return the name of the project's folder."""
    return f"{_PROJECTS}/{project_id}"
