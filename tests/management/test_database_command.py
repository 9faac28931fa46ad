"""Commands that work on rows: each says in one line that the database has to be set up first."""

from __future__ import annotations

from typing import Final

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from animations.management import database_command

COMMANDS: Final = (
    ("make_emoji", "photo.png"),
    ("make_set", "photo.png", "--motions", "bounce", "--pack", "slack", "-o", "pack.zip"),
    ("check_files",),
    ("reconcile", "--once"),
    ("seed_presets",),
)


@pytest.mark.parametrize("command", COMMANDS, ids=[command[0] for command in COMMANDS])
def test_a_database_that_is_not_set_up_is_named_with_what_to_run(db: None, command: tuple[str, ...]) -> None:
    MigrationRecorder(connection).migration_qs.all().delete()
    with pytest.raises(CommandError, match=r"The database is not set up.*`make run`"):
        call_command(*command)


def test_a_database_that_lacks_the_latest_migration_is_named(db: None) -> None:
    latest = MigrationRecorder(connection).migration_qs.filter(app="animations").order_by("name").last()
    assert latest
    latest.delete()
    with pytest.raises(CommandError, match="or older than this version"):
        call_command("seed_presets")


def test_a_database_that_is_away_is_left_to_the_command(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(database_command, "MigrationExecutor", fail)
    call_command("reconcile", "--once")
    assert "jobs were put back" in capsys.readouterr().out
