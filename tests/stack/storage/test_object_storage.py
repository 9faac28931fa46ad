"""The main job of a product whose files are in a bucket: none on its own disk, none left of a deletion."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.polling import until
from tests.s3_server import running_s3
from tests.stack.fixtures import NewFolder
from tests.stack.product import running_product
from tests.stack.test_main_job import assert_slack_gif, finished_export

pytestmark = pytest.mark.stack


def test_the_main_job_with_files_in_a_bucket(data_dir: NewFolder, photo: bytes, tmp_path: Path) -> None:
    folder = data_dir("bucket")
    with running_s3(tmp_path) as s3, running_product(folder, STORAGE_URL=s3.storage_url) as product:
        person = product.person()
        project = person.upload(photo, prompt="bounce")
        assert person.finished(project["job"]["id"])["status"] == "succeeded"
        answer = person.http.post(f"projects/{project['id']}/exports/", json={"platforms": ["slack"]})
        done = until(partial(finished_export, person, f"exports/{answer.json()[0]['id']}/"), 60, "the export")
        assert_slack_gif(person.file(done["files"][0]["url"]))
        stored = [name for name in s3.object_names() if project["id"] in name]
        assert len(stored) > 12
        assert not list((folder / "media").rglob(f"*{project['id']}*/*"))

        assert person.http.delete(f"projects/{project['id']}/").status_code == 204
        with closing(sqlite3.connect(folder / "db.sqlite3", timeout=20)) as database, database:
            database.execute("UPDATE animations_project SET trashed_at = '2020-01-01'")  # nobody takes it back
        until(lambda: not [name for name in s3.object_names() if project["id"] in name], 20, "no object is left")
