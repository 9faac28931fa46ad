"""Commands whose person reads what they print log errors alone, and leave the log as it was."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from animations.management.quiet_log import errors_only

LOG: Final = logging.getLogger("animations.actions")


def test_only_errors_of_the_app_are_logged_until_the_command_is_over(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(CommandError), errors_only():
        LOG.warning("Redis is away")
        LOG.error("The disk is full")
        raise CommandError
    LOG.warning("Redis is back")
    assert [record.message for record in caplog.records] == ["The disk is full", "Redis is back"]


@pytest.mark.parametrize(
    ("command", "options"),
    [("make_emoji", {}), ("make_set", {"motions": "bounce", "pack": "slack"})],
)
def test_a_command_leaves_the_log_of_its_caller_as_it_was(
    db: None, tmp_path: Path, caplog: pytest.LogCaptureFixture, command: str, options: dict[str, Any]
) -> None:
    with pytest.raises(CommandError, match="no such folder"):
        call_command(command, tmp_path / "cat.png", output=tmp_path / "nowhere" / "cat.gif", **options)
    LOG.warning("The next test listens")
    assert "The next test listens" in caplog.text
