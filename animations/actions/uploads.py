"""Take an upload into a project: bounded, decoded in a child process, nothing left behind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext

from animations import storage
from animations.actions.errors import ActionError
from animations.database import give_back_connection
from animations.encode.graphemes import truncate
from animations.ingest.client import Decoded, decode, temporary_folder
from animations.ingest.errors import Busy, DecodeError, TooManyAtOnce
from animations.ingest.process.decode_queue import DecodeQueue
from animations.models import Project, Source

RETRY_AFTER_SECONDS: Final = 5
"""For an upload whose turn did not come."""


@dataclass(frozen=True, slots=True)
class DecodedUpload:
    """A picture or clip that was understood: the original's path and SHA-256 (hex), and what was decoded of it."""

    original: Path
    sha256: str
    decoded: Decoded

    @property
    def size(self) -> int:
        """The bytes that will be stored of it."""
        return self.original.stat().st_size + self.decoded.picture.stat().st_size


_digests: Final[WeakKeyDictionary[UploadedFile[Any], str]] = WeakKeyDictionary()


def sha256_of(upload: UploadedFile[Any]) -> str:
    """Return the SHA-256 (hex) of an upload's bytes, which are hashed once, however often it is needed."""
    if upload not in _digests:
        digest = hashlib.sha256()
        for chunk in upload.chunks():
            digest.update(chunk)
        upload.seek(0)
        _digests[upload] = digest.hexdigest()
    return _digests[upload]


def max_megabytes() -> int:
    """Return the largest size of an upload, in megabytes."""
    return int(settings.UPLOAD_MAX_BYTES // 1_000_000)


@cache
def decode_queue(folder: Path) -> DecodeQueue:
    """Return this process' queue for the places in `folder`."""
    return DecodeQueue(folder)


@contextmanager
def decode_upload(user_id: Any, upload: UploadedFile[bytes]) -> Iterator[DecodedUpload]:
    """Decode a person's upload in its turn, in a folder of its own, which is gone afterwards.

    Raises `ActionError` about `source`: 413 when too large, 400 when it is no picture we can take, 429 when the
    person sends more than can be decoded in time, 503 when all others together do.
    """
    if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise ActionError("too_large", f"The file is larger than {max_megabytes()} MB.", "source", status=413)
    give_back_connection()  # none waits in the queue with us, where others need it
    try:
        with temporary_folder(settings.FILE_UPLOAD_TEMP_DIR) as folder:
            with decode_queue(settings.DATA_DIR / "decoding").acquire(str(user_id)):
                original = _copy(upload, folder / "original")
                decoded = decode(original, folder)
            yield DecodedUpload(original, sha256_of(upload), decoded)
    except Busy as error:
        status = 429 if isinstance(error, TooManyAtOnce) else 503
        raise ActionError(error.code, error.message, "source", status, wait=RETRY_AFTER_SECONDS) from error
    except DecodeError as error:
        raise ActionError(error.code, error.message, "source") from error


def _copy(upload: UploadedFile[bytes], path: Path) -> Path:
    with path.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return path


def store(upload: DecodedUpload, project_id: UUID) -> Source:
    """Save the files of an upload in the project's folder, and build the row that names them."""
    give_back_connection()  # none waits for a storage that hangs either
    decoded = upload.decoded
    clip = decoded.clip
    return Source(
        project_id=project_id,
        kind=Source.Kind.CLIP if clip else Source.Kind.PICTURE,
        clip_times_ms=clip.times_ms if clip else [],
        clip_ms=clip.clip_ms if clip else None,
        original=storage.save_file(project_id, upload.original, decoded.format, upload.sha256),
        original_format=decoded.format,
        picture=storage.save_file(project_id, decoded.picture, "png"),
        width=decoded.width,
        height=decoded.height,
        has_alpha=decoded.has_alpha,
        background=decoded.background,
    )


def file_stem(upload: UploadedFile[bytes]) -> str:
    """Return a file's own name, without its ending."""
    stem = Path(upload.name or "").stem.replace("_", " ").strip()
    return truncate(stem, Project.NAME_LENGTH) or gettext("Untitled emoji")
