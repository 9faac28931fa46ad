"""Where files live: one folder per project, every file named by what it holds, so equal images are stored once."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage


def save(project_id: UUID, data: bytes, extension: str) -> str:
    """Store `data` in the project's folder and return its name; the same bytes always get the same name."""
    name = f"{folder(project_id)}/{hashlib.sha256(data).hexdigest()[:40]}.{extension}"
    if default_storage.exists(name):
        return name
    return default_storage.save(name, ContentFile(data))


def save_file(project_id: UUID, path: Path, extension: str) -> str:
    """As `keep`, for a file that need not fit into memory."""
    with path.open("rb") as file:
        name = f"{folder(project_id)}/{hashlib.file_digest(file, 'sha256').hexdigest()[:40]}.{extension}"
        if default_storage.exists(name):
            return name
        file.seek(0)
        return default_storage.save(name, File(file))


def read(name: str | None) -> bytes:
    """The bytes of a stored file. Raises `FileNotFoundError`, also for a row that names none."""
    if not name:
        raise FileNotFoundError("the row names no file")
    with default_storage.open(name) as file:
        return bytes(file.read())


def delete_project_files(project_id: UUID) -> None:
    """Delete the project's folder. Files that are gone already are fine."""
    with suppress(FileNotFoundError):
        _, names = default_storage.listdir(folder(project_id))
        for name in names:
            default_storage.delete(f"{folder(project_id)}/{name}")
        default_storage.delete(folder(project_id))


def folder(project_id: UUID) -> str:
    return f"projects/{project_id}"
