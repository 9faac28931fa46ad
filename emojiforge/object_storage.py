"""Stored files in S3-compatible storage: private objects, which nobody but the product reads."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from animations.outages import StorageUnavailable

CONNECT_S: Final = 3
READ_S: Final = 6
ATTEMPTS: Final = 2
"""A service that hangs is given up after twelve seconds."""
CHUNK_BYTES: Final = 128 * 1024
"""Bytes of an open file that are fetched at once, and kept in memory: three hundred downloads keep 40 MB."""


class ObjectStorage(S3Storage):  # type: ignore[misc]  # it has no types
    """Keep files in a bucket, whose objects are whole or not there. A name that is taken is replaced.

    Raises `FileNotFoundError` as files on a disk do, and `StorageUnavailable` for everything that the service answers
    with besides, or does not answer.
    """

    def __init__(self, **options: Any) -> None:
        limits = {"connect_timeout": CONNECT_S, "read_timeout": READ_S, "retries": {"total_max_attempts": ATTEMPTS}}
        super().__init__(
            client_config=Config(s3={"addressing_style": "path"}, signature_version="s3v4", **limits),
            transfer_config=TransferConfig(use_threads=False),
            file_overwrite=True,
            default_acl=None,
            **options,
        )

    def require_bucket(self) -> None:
        """Raise `FileNotFoundError` where there is no such bucket, `StorageUnavailable` where it cannot be used."""
        with _translate_errors(self.bucket_name):
            self.connection.meta.client.head_bucket(Bucket=self.bucket_name)

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        if mode != "rb":
            raise ValueError("stored files are saved as a whole")
        return File(io.BufferedReader(ObjectReader(self, name), CHUNK_BYTES), name)

    def read_range(self, name: str, start: int, end: int) -> bytes:
        """Return the bytes of an object from `start` up to `end`."""
        with _translate_errors(name):
            return bytes(self.bucket.Object(name).get(Range=f"bytes={start}-{end - 1}")["Body"].read())

    def _save(self, name: str, content: File[Any]) -> str:
        with _translate_errors(name):
            return str(super()._save(name, content))

    def copy(self, name: str, copied: str) -> None:
        """Store an object under another name, too; its bytes do not leave the service."""
        with _translate_errors(name):
            self.bucket.Object(copied).copy_from(CopySource={"Bucket": self.bucket_name, "Key": name})

    def delete(self, name: str) -> None:
        with _translate_errors(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _translate_errors(name):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _translate_errors(name):
            return int(super().size(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _translate_errors(path):
            folders, files = super().listdir(path)
            return folders, files

    def sizes(self, path: str) -> dict[str, int]:
        """Return the bytes of each object in a folder."""
        with _translate_errors(path):
            found = self.bucket.objects.filter(Prefix=f"{path}/")
            return {one.key.removeprefix(f"{path}/"): one.size for one in found}

    def get_modified_time(self, name: str) -> datetime:
        with _translate_errors(name):
            modified: datetime = super().get_modified_time(name)
            return modified


class ObjectReader(io.RawIOBase):
    """Read an object part by part: who wants a few bytes of it, or reads slowly, costs no more than a part."""

    def __init__(self, storage: ObjectStorage, name: str) -> None:
        self._storage = storage
        self._name = name
        self._size = storage.size(name)
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        data = self.fetch(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        return self.fetch(self._size)

    def fetch(self, count: int) -> bytes:
        """Return the next bytes, at most `count`."""
        end = min(self._position + count, self._size)
        if self._position >= end:
            return b""
        data = self._storage.read_range(self._name, self._position, end)
        self._position += len(data)
        return data


@contextmanager
def _translate_errors(name: str) -> Iterator[None]:
    """Raise the errors of a file system for those of the service."""
    try:
        yield
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            raise FileNotFoundError(name) from error
        code = error.response.get("Error", {}).get("Code", "unknown")
        raise StorageUnavailable(f"the object storage answers {code}") from error
    except BotoCoreError as error:
        raise StorageUnavailable(f"the object storage does not answer: {type(error).__name__}") from error
