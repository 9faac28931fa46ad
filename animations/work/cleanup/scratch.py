"""Delete what killed processes left in the folder where uploads are received and decoded."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.conf import settings

from animations.ingest.client import FOLDER_PREFIX
from animations.ingest.process.folder_lock import is_locked

MIN_FOLDER_AGE_SECONDS: Final = 60.0
"""A new folder may not be locked yet."""
MIN_FILE_AGE_SECONDS: Final = 3600.0
"""Of a request's body; no request takes that long."""


def delete_scratch() -> None:
    """Delete folders that no process has locked, and files that no request can still use."""
    now = time.time()
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir():
        with suppress(FileNotFoundError):  # its own process has deleted it
            age = abs(now - path.stat().st_mtime)  # the clock may have been set back since
            if path.is_file() and age > MIN_FILE_AGE_SECONDS:
                path.unlink()
            elif path.name.startswith(FOLDER_PREFIX) and age > MIN_FOLDER_AGE_SECONDS and not is_locked(path):
                shutil.rmtree(path, ignore_errors=True)
