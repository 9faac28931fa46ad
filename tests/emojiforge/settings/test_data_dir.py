"""What a run keeps is its owner's alone, also where an older version left it open."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

from emojiforge.environment import BASE_DIR, OTHERS

WRITE = """
import os, subprocess
from emojiforge import settings
(settings.DATA_DIR / "own").mkdir()
(settings.DATA_DIR / "own/file").write_text("")
subprocess.run(["touch", settings.DATA_DIR / "of_a_child"], check=True)
print("\\n".join(settings.SETTINGS_ERRORS))
"""


def run(code: str, folder: Path) -> str:
    """Return what a new process prints that has this DATA_DIR, and starts as open as most shells are."""
    environment = os.environ | {"DATA_DIR": str(folder)}
    command = [sys.executable, "-c", f"import os; os.umask(0o022)\n{code}"]
    done = subprocess.run(command, env=environment, cwd=BASE_DIR, check=True, capture_output=True, text=True)
    return done.stdout


def open_to_others(folder: Path) -> list[Path]:
    return [path for path in (folder, *folder.rglob("*")) if stat.S_IMODE(path.lstat().st_mode) & OTHERS]


def test_a_new_folder_and_all_that_is_written_are_closed_to_others(tmp_path: Path) -> None:
    run(WRITE, tmp_path / "new")
    assert (tmp_path / "new/of_a_child").exists()
    assert open_to_others(tmp_path / "new") == []
    assert (tmp_path / "new").stat().st_mode & stat.S_IRWXU == stat.S_IRWXU


def test_what_an_older_version_left_open_is_closed_and_its_owner_still_reads_it(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "old", tmp_path / "elsewhere"
    (folder / "logs").mkdir(parents=True)
    (folder / "logs/web.log").write_text("http://localhost/accounts/password/reset/key/1-abc/")
    elsewhere.write_text("somebody else's")
    for path, mode in (
        (folder, 0o755),
        (folder / "logs", 0o775),
        (folder / "logs/web.log", 0o664),
        (elsewhere, 0o644),
    ):
        path.chmod(mode)
    (folder / "link").symlink_to(elsewhere)
    run(WRITE, folder)
    assert [path.name for path in open_to_others(folder)] == ["link"]
    assert (folder / "logs/web.log").stat().st_mode & 0o777 == 0o600
    assert elsewhere.stat().st_mode & 0o777 == 0o644


def test_a_folder_that_everybody_uses_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    assert run(WRITE, tmp_path) == f"DATA_DIR must be a folder of EmojiForge's own, which {tmp_path} is not.\n"
    assert tmp_path.stat().st_mode & 0o1777 == 0o1777


def test_stored_files_are_closed_whatever_the_umask_is(tmp_path: Path) -> None:
    code = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "emojiforge.settings"
django.setup()
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
os.umask(0o022)
default_storage.save("a.png", ContentFile(b"x"))
"""
    run(code, tmp_path / "data")
    assert (tmp_path / "data/media/a.png").stat().st_mode & 0o777 == 0o600
