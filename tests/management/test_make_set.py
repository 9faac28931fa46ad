from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from animations.models import EmojiSet, Project
from tests.work.conftest import disc_png


@pytest.fixture
def picture(tmp_path: Path, transactional_db: None) -> Path:
    path = tmp_path / "disc.png"
    path.write_bytes(disc_png())
    return path


def test_a_set_becomes_a_pack_and_leaves_nothing_behind(picture: Path) -> None:
    output, said = picture.with_name("pack.zip"), io.StringIO()
    call_command(
        "make_set", picture, motions="bounce, nod", pack="slack", matte="none", output=output, stdout=said, author=""
    )
    assert len(zipfile.ZipFile(output).namelist()) >= 2
    assert str(output) in said.getvalue()
    assert not Project.objects.exists()
    assert not EmojiSet.objects.exists()


def test_a_motion_that_is_none_is_named(picture: Path) -> None:
    with pytest.raises(CommandError, match="qwertyish"):
        call_command(
            "make_set", picture, motions="bounce, qwertyish", pack="slack", output=picture.with_name("x.zip")
        )
