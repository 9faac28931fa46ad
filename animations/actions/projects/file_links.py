"""Take a finished file to another device: an address that opens it there, without a login, for a few minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.core.signing import BadSignature, TimestampSigner
from django.db.models import QuerySet
from django.utils import timezone

from animations.actions.errors import ActionError
from animations.models import Export, ExportFile

LIFETIME: Final = timedelta(minutes=10)
_SIGNER: Final = TimestampSigner(salt="animations.file-link")


def sign_file(export: Export) -> tuple[str, datetime]:
    """Return the signed key of an export's file, and when it ends. Raises `ActionError` (409) where there is none."""
    file = export.files.first()
    if file is None:
        raise ActionError("not_ready", "This file is not finished yet.", status=409)
    return _SIGNER.sign(str(file.pk)), timezone.now() + LIFETIME


def signed_files(signed: str) -> QuerySet[ExportFile]:
    """Return the file of a signed key; none where it has ended, and where its emoji or its owner is gone."""
    try:
        pk = _SIGNER.unsign(signed, max_age=LIFETIME)
    except BadSignature:
        return ExportFile.objects.none()
    owned = {"export__project__trashed_at": None, "export__project__owner__is_active": True}
    return ExportFile.objects.filter(pk=pk, export__status=Export.Status.SUCCEEDED, **owned)
