"""docs/api/apps.md says what is: addresses, messages, close codes, keys and rates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from animations.actions.projects.edit import edit
from animations.actions.tickets import LIFETIME_SECONDS
from animations.api.pagination import Pagination
from animations.api.throttling import rate_limit
from animations.consumers.auth import Subscriber
from animations.consumers.close_codes import CloseCode
from animations.models import Project
from animations.models.idempotency import MAX_LENGTH
from tests.consumers.project_edits import changes_since

GUIDE = (Path(__file__).parents[2] / "docs/api/apps.md").read_text()


def rows(head: str) -> list[list[str]]:
    """Return the cells of the rows of the guide's table that has this head."""
    (lines,) = re.findall(rf"^\| {re.escape(head)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", GUIDE, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines.splitlines()]


@pytest.mark.django_db
def test_every_address_in_the_guide_is_one_of_the_descriptions() -> None:
    schema = APIClient().get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    named = set(re.findall(r"(GET|POST|PATCH|DELETE) (/api/v1/[\w/{}]+)", GUIDE))
    assert len(named) > 10
    assert {(method, path) for method, path in named if method.lower() not in schema["paths"].get(path, {})} == set()


@pytest.mark.django_db
def test_the_guide_names_every_message_with_all_that_it_carries(project: Project) -> None:
    subscriber = Subscriber(session_key="", user_id=project.owner_id)
    (snapshot,) = changes_since(subscriber, project.pk, None)
    told: dict[str, set[str]] = {}
    for types, carries in rows("message"):
        told |= {kind: set(re.findall(r"`(\w+)`", carries)) for kind in re.findall(r"`(\w+)`", types)}
    assert told.keys() == {"snapshot", "project", "frame", "job", "export"}
    assert told["snapshot"] == snapshot.keys() - {"type", "revision"}
    edit(project, {"name": "Other"})
    (news,) = changes_since(subscriber, project.pk, snapshot["revision"])
    assert news["type"] == "project"
    assert snapshot["project"].keys() - news["project"].keys() == told["project"] - {"project"}


def test_the_guide_names_the_close_codes_and_the_limits() -> None:
    assert {int(code) for code, _ in rows("close code")} == set(CloseCode)
    read, write, spend = rate_limit("read"), rate_limit("write"), rate_limit("spend")
    said = f"may read {read} times a minute, write {write} times, and {spend} times ask for what a worker makes."
    assert said in GUIDE
    assert f"within {LIFETIME_SECONDS} seconds" in GUIDE
    assert f"1 to {MAX_LENGTH} printable ASCII characters" in GUIDE
    assert f"at most {Pagination.max_page_size}" in GUIDE
