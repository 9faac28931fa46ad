"""Requests made of the API's own description, and of what it forbids, get the answers that it describes.

`FUZZ_EXAMPLES` is the number of requests of each kind for each operation, and `FUZZ_SEED` the seed; `make fuzz` sends
more than the suite.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from django.db.models import QuerySet

from animations.models import Candidate, Export, Job, Preset, Project
from tests.conftest import MakePerson
from tests.fuzz.conftest import Fuzzed, sign_in
from tests.web_process import ROOT

log = logging.getLogger(__name__)

SCHEMA: Final = "/api/v1/schema/?format=json"
REFUSALS: Final = ("400", "401", "403", "404", "409", "422", "429")
"""What words mean, and whether an id exists, is more than a schema can say: a valid request may be refused."""
PLACES: Final = {
    "path.project_id": "projects",
    "path.job_id": "jobs",
    "path.export_id": "exports",
    "path.index": "indexes",
    "body.candidate": "candidates",
    "body.prompt": "prompts",
    "body.preset": "presets",
    "body.platforms[*]": "platforms",
}
"""Where values are sent that mean something, and their dictionary."""


def test_every_answer_to_requests_made_of_the_schema_is_described_there(fuzzed: Fuzzed, bounce: Preset) -> None:
    _fuzz(fuzzed, fuzzed.token, "coverage,fuzzing,stateful")


@pytest.mark.parametrize("signed_in", [True, False])
def test_others_find_and_change_nothing_though_they_know_every_id(
    fuzzed: Fuzzed, bounce: Preset, new_person: MakePerson, signed_in: bool
) -> None:
    token = sign_in(new_person("stranger")) if signed_in else ""
    before = _rows(fuzzed)
    _fuzz(
        fuzzed,
        token,
        "fuzzing",
        foreign=[pk for name in ("projects", "jobs", "exports") for pk in _ids(fuzzed)[name]],
    )
    assert _rows(fuzzed) == before


def _rows(fuzzed: Fuzzed) -> list[Any]:
    return list(Project.objects.filter(pk__in=[project.pk for project in fuzzed.projects]).order_by("pk").values())


def _fuzz(fuzzed: Fuzzed, token: str, phases: str, foreign: list[str] | None = None) -> None:
    """Run Schemathesis, for which no id in `foreign` may be found."""
    options = [
        *("--checks", "all", "--phases", phases, "--seed", os.environ.get("FUZZ_SEED", "1")),
        *("--max-examples", os.environ.get("FUZZ_EXAMPLES", "2"), "--request-timeout", "20", "--no-color"),
        *("--generation-database", "none", "--continue-on-failure", "--warnings", "off"),
        *(("--header", f"X-Session-Token: {token}") if token else ()),
    ]
    config = fuzzed.folder / "schemathesis.toml"
    config.write_text(_config(fuzzed))
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "run", *options]
    with fuzzed.client() as client:  # rendered once; Schemathesis waits for 10 s only
        assert client.get(SCHEMA).status_code == 200
    environment = os.environ | {"PYTHONPATH": str(ROOT), "FUZZ_FOREIGN_IDS": " ".join(foreign or [])}
    ran = subprocess.run(
        [*command, fuzzed.web.url + SCHEMA], cwd=fuzzed.folder, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, "\n".join((ran.stdout, ran.stderr, fuzzed.web.log.read_text()[-20_000:]))
    log.info("web held at most %d B", fuzzed.web.peak())
    assert fuzzed.web.peak() <= 150_000_000
    assert "Internal Server Error" not in fuzzed.web.log.read_text()


def _config(fuzzed: Fuzzed) -> str:
    """Return a `schemathesis.toml` by which most requests ask for what is there; deleted is one project alone."""
    bindings = [f'"{place}" = {{ dictionary = "{name}", probability = 0.8 }}' for place, name in PLACES.items()]
    dictionaries = _ids(fuzzed) | {
        "indexes": [0, 1, 2],
        "prompts": ["bounce", "spin twice", "higher", ": "],
        "presets": ["bounce"],
        "platforms": ["slack", "gif", "webp"],
    }
    return "\n".join(
        [
            'hooks = "tests.fuzz.schemathesis_hooks"',
            f"checks.positive_data_acceptance.expected-statuses = {json.dumps(['2xx', '304', *REFUSALS])}",
            "[dictionaries]",
            *(f"{name} = {{ values = {json.dumps(values)} }}" for name, values in dictionaries.items()),
            "[parameters]",
            *bindings,
            "[[operations]]",
            'include-method = "DELETE"',
            'parameters = { "path.project_id" = { dictionary = "deleted", probability = 0.8 } }',
        ]
    )


def _ids(fuzzed: Fuzzed) -> dict[str, list[str]]:
    """Return the ids of what may be asked for, by the name of their dictionary."""
    *kept, deleted = [project.pk for project in fuzzed.projects]
    return {
        "projects": [str(pk) for pk in kept],
        "deleted": [str(deleted)],
        "jobs": _keys(Job.objects.filter(project__in=kept)),
        "exports": _keys(Export.objects.filter(project__in=kept)),
        "candidates": _keys(Candidate.objects.filter(frame__project__in=kept)),
    }


def _keys(rows: QuerySet[Any]) -> list[str]:
    return [str(pk) for pk in rows.values_list("pk", flat=True)]


HEADERS = (
    ("Content-Type", "text/html; charset=hex"),
    ("Content-Type", "text/html; charset=idna"),
    ("Content-Type", "text/html; charset*=hex''41"),
    ("Content-Type", "text/html; charset*=utf-8''a%00b"),
    ("Content-Type", "text/html; charset*=nothing''41"),
    ("Content-Type", "/;;;\xe9"),
    ("Accept", "application/json; version*=hex''41"),
    ("Accept", ";;;\xe9"),
    ("Cookie", 'sessionid="\\000aaaaaaaaa"; csrftoken="\\000"'),
    ("X-Session-Token", "\xe9" * 300),
    ("If-None-Match", '\xe9"'),
    ("Range", f"bytes={10**30}-{10**31}"),
    ("X-Forwarded-Proto", "\xe9"),
    ("X-Forwarded-For", "\xe9, 1.2.3.4:x"),
    ("Origin", "http://["),
    ("Referer", "http://["),
    ("Host", "\xe9"),
)
PATHS = (
    *(
        "/",
        "/api/v1/projects/",
        "/api/v1/motions/read/?text=%41",
        "/accounts/login/",
        "/_allauth/app/v1/auth/session",
    ),
    *(
        "/%00",
        "/%ed%a0%80/",
        "/api/v1/%ff/",
        "/api/v1/presets/%00/",
        f"/media/exports/{10**30}/",
        "/media/exports/%00/",
    ),
    *(
        "/static/%00",
        "/static/%ff",
        "/static/../../x",
        "//[",
        "/admin/%00/",
        "/hooks/gpu/%00:%ff/",
        "/new/?preset=%00",
    ),
    *("/accounts/login/?next=%00%ff", "/accounts/login/?next=http://[", f"/?page={10**30}", "/?page=%00"),
    *("/accounts/password/reset/key/zzzzzzzzzzzzz-%00/", "/accounts/confirm-email/a:%00/", "/api/v1/docs/?url=%00"),
)


def test_no_header_and_no_address_is_an_error_of_ours(fuzzed: Fuzzed) -> None:
    with fuzzed.client() as client:
        for path in PATHS:
            for name, value in (*HEADERS, ("Accept", "*/*")):
                for method in ("GET", "POST"):
                    sent = {name.encode(): value.encode("latin-1")}
                    answer = client.request(method, fuzzed.web.url + path, headers=sent)
                    assert answer.status_code < 500, (method, path, name, value)
