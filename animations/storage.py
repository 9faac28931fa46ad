"""The door to stored files: one folder per project, each file named by its bytes, so equal images are stored once."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage


def save(project_id: UUID, data: bytes, extension: str) -> str:
    """Save `data` in the project's folder and return its name; the same bytes always get the same name."""
    return _save_once(project_id, ContentFile(data), hashlib.sha256(data).hexdigest(), extension)


def save_file(project_id: UUID, path: Path, extension: str, sha256: str | None = None) -> str:
    """Save a file that need not fit into memory, as `save` does; its `sha256` (hex) may be known already."""
    with path.open("rb") as file:
        if sha256 is None:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
        return _save_once(project_id, File(file), sha256, extension)


def _save_once(project_id: UUID, file: File[bytes], sha256: str, extension: str) -> str:
    name = f"{folder(project_id)}/{sha256[:40]}.{extension}"
    return name if default_storage.exists(name) else default_storage.save(name, file)


def read(name: str | None) -> bytes:
    """Return the bytes of a stored file. Raises `FileNotFoundError`, also for a row that names none."""
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
    """Return the name of the project's folder."""
    return f"projects/{project_id}"
