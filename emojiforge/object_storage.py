"""Stored files in S3-compatible storage: private objects, which nobody but the product reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

CONNECT_S: Final = 5
READ_S: Final = 20
ATTEMPTS: Final = 2
IN_MEMORY: Final = 1_000_000
"""Bytes of an open file that are kept in memory; a larger one is fetched to a temporary file."""


class ObjectStorage(S3Storage):  # type: ignore[misc]  # it has no types
    """Keep files in a bucket, whose objects are whole or not there. A name that is taken is replaced.

    Raises `FileNotFoundError` as files on a disk do, and `ConnectionError` for everything that the service answers
    with besides, or does not answer.
    """

    def __init__(self, **options: Any) -> None:
        limits = {"connect_timeout": CONNECT_S, "read_timeout": READ_S, "retries": {"total_max_attempts": ATTEMPTS}}
        super().__init__(
            client_config=Config(s3={"addressing_style": "path"}, signature_version="s3v4", **limits),
            transfer_config=TransferConfig(use_threads=False),
            max_memory_size=IN_MEMORY,
            file_overwrite=True,
            default_acl=None,
            **options,
        )

    def require_bucket(self) -> None:
        """Raise `FileNotFoundError` where there is no such bucket, `ConnectionError` where it cannot be used."""
        with _plain_errors(self.bucket_name):
            self.connection.meta.client.head_bucket(Bucket=self.bucket_name)

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        with _plain_errors(name):
            opened: File[Any] = super()._open(name, mode)
            opened.open()  # fetches it, so that reading it cannot fail half-way
            return opened

    def _save(self, name: str, content: File[Any]) -> str:
        with _plain_errors(name):
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _plain_errors(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _plain_errors(name):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _plain_errors(name):
            return int(super().size(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _plain_errors(path):
            folders, files = super().listdir(path)
            return folders, files

    def get_modified_time(self, name: str) -> datetime:
        with _plain_errors(name):
            modified: datetime = super().get_modified_time(name)
            return modified


@contextmanager
def _plain_errors(name: str) -> Iterator[None]:
    """Raise the errors of a file system for those of the service."""
    try:
        yield
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            raise FileNotFoundError(name) from error
        code = error.response.get("Error", {}).get("Code", "unknown")
        raise ConnectionError(f"the object storage answers {code}") from error
    except BotoCoreError as error:
        raise ConnectionError(f"the object storage does not answer: {type(error).__name__}") from error
