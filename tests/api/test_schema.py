from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from rest_framework.test import APIClient

from animations.api.catalogue_payloads import EnginesPayload
from animations.api.schema import serializer_of
from animations.payloads import ExportPayload, JobPayload, ProjectDetailPayload, export_payload, job_payload
from animations.payloads import project_detail_payload as detail_payload


def test_the_description_is_valid_and_free_of_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn")
    assert capsys.readouterr().err == ""


@pytest.fixture
def schema(db: None) -> dict[str, Any]:
    answer = APIClient().get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert answer.status_code == 200
    return dict(answer.json())


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path.removeprefix('/api/v1/')}", operation


CONTRACT = {
    "GET presets/",
    "GET presets/{slug}/",
    "GET motions/read/",
    "GET platforms/",
    "GET engines/",
    "GET projects/",
    "POST projects/",
    "GET projects/{project_id}/",
    "PATCH projects/{project_id}/",
    "DELETE projects/{project_id}/",
    "POST projects/{project_id}/generate/",
    "GET projects/{project_id}/frames/{index}/",
    "POST projects/{project_id}/frames/{index}/choose/",
    "POST projects/{project_id}/frames/{index}/retry/",
    "POST projects/{project_id}/frames/{index}/refine/",
    "GET projects/{project_id}/exports/",
    "POST projects/{project_id}/exports/",
    "GET exports/{export_id}/",
    "GET jobs/{job_id}/",
    "POST jobs/{job_id}/cancel/",
    "GET usage/",
    "POST tickets/",
}


def test_every_promised_address_is_described(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.")
    assert {name for name, _ in operations(schema)} >= CONTRACT


def test_every_operation_describes_its_answers_and_errors(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        assert good, name
        assert all(answer.get("content") for answer in good) or "DELETE" in name, name
        for_everybody = {} in operation["security"]
        errors = {"429", "500"} if for_everybody else {"401", "429", "500"}
        assert errors <= operation["responses"].keys(), name
        assert operation["description"], name


def test_fields_say_what_their_payloads_say_of_them(schema: dict[str, Any]) -> None:
    def said(component: str, field: str) -> str:
        return str(schema["components"]["schemas"][component]["properties"][field].get("description", ""))

    assert said("Export", "frames_revision") == "A revision of the project whose chosen frames it shows."
    assert said("Export", "id") == ""
    nullable_and_nested = said("Appearance", "outline")
    assert nullable_and_nested == "One that makes it stand out where it does not."
    of_three_classes = {said(name, "poster") for name in ("Project", "ProjectDetail", "RearrangedProject")}
    assert of_three_classes == {"The index of the frame shown when still; null: the first one."}


def test_operations_that_make_something_take_a_key_and_name_their_refusals(schema: dict[str, Any]) -> None:
    with_key = {
        name
        for name, operation in operations(schema)
        if any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", []))
    }
    ends = {name.rstrip("/").rpartition("/")[2] for name in with_key}
    made_from_others = {"generate", "retry", "refine", "propagate", "exports", "packs", "duplicate"}
    assert ends == {"POST projects", "POST sets", *made_from_others}
    for name, operation in operations(schema):
        assert ("422" in operation["responses"]) == (name in with_key), name
    assert "413" in dict(operations(schema))["POST projects/"]["responses"]


def test_lists_are_described_as_pages_and_ordered_exports_as_a_list(schema: dict[str, Any]) -> None:
    found = dict(operations(schema))
    page = found["GET projects/{project_id}/exports/"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert page["$ref"].endswith("PaginatedExportList")
    made = found["POST projects/{project_id}/exports/"]["responses"]["202"]["content"]["application/json"]["schema"]
    assert made["type"] == "array"


def test_the_page_of_it_needs_no_other_site(db: None) -> None:
    page = APIClient().get("/api/v1/docs/").content.decode()
    assert "//cdn" not in page
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "swagger-ui-standalone-preset.js"):
        path = f"drf_spectacular_sidecar/swagger-ui-dist/{name}"
        assert f"/static/{path}" in page
        assert finders.find(path), name


def test_payloads_match_their_description(project: Any) -> None:
    pairs = [
        (ProjectDetailPayload, detail_payload(project)),
        (JobPayload, job_payload(project.jobs.first())),
        (ExportPayload, export_payload(project.exports.get())),
    ]
    for shape, payload in pairs:
        described = serializer_of(shape)
        assert described(payload).data.keys() == payload.keys()
        check = described(data=payload)
        assert check.is_valid(), check.errors


def test_a_payload_type_becomes_fields_that_know_null_lists_and_choices() -> None:
    fields: Any = serializer_of(EnginesPayload)().fields
    assert fields["as_of"].allow_null
    assert fields["engines"].child.fields.keys() == {"slug", "kind", "available", "reason"}
    status: Any = serializer_of(JobPayload)().fields["status"]
    assert list(status.choices) == ["queued", "running", "succeeded", "failed", "cancelled"]
    assert serializer_of(JobPayload).__name__ == "Job"
