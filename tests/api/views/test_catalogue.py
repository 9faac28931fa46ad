from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from animations.encode.platforms import PLATFORMS
from animations.models import EndpointState, Preset
from animations.models.platforms.rule_override import set_rules


def test_presets_are_the_published_ones_in_their_order(api: APIClient, bounce: Preset) -> None:
    Preset.objects.create(slug="hidden", name="Hidden", recipe=bounce.recipe, position=0)
    Preset.objects.create(slug="first", name="First", recipe=bounce.recipe, position=0, active=True)
    page = api.get("/api/v1/presets/").json()
    assert [row["slug"] for row in page["results"]] == ["first", "bounce"]
    assert page["results"][1] == api.get("/api/v1/presets/bounce/").json()
    assert page["results"][1] == {
        "slug": "bounce",
        "name": "Bounce",
        "description": "Up and down.",
        "prompt": "bounce",
        "tags": ["lively"],
        "preview_url": None,
    }
    assert api.get("/api/v1/presets/hidden/").status_code == 404


def test_a_preview_url_names_its_digest_so_that_it_may_be_cached(api: APIClient, bounce: Preset) -> None:
    Preset.objects.update(preview="presets/x.webp", preview_of="abc")
    assert api.get("/api/v1/presets/bounce/").json()["preview_url"] == "/media/presets/bounce/?v=abc"


def test_words_are_read_before_anything_is_made_of_them(api: APIClient) -> None:
    reading = api.get("/api/v1/motions/read/", {"text": "bounce"}).json()
    assert reading["understood_as"] == "bounce"
    assert reading["recipe"]["layers"][0]["motion"] == "bounce"
    assert reading["unknown"] == []


def test_words_without_a_motion_are_named_and_nothing_is_put_in_their_place(api: APIClient) -> None:
    reading = api.get("/api/v1/motions/read/", {"text": "qwertyish"}).json()
    assert (reading["recipe"], reading["unknown"]) == (None, ["qwertyish"])


def test_words_that_cannot_be_had_are_named(api: APIClient) -> None:
    reading = api.get("/api/v1/motions/read/", {"text": "bounce 100 times over 2 seconds"}).json()
    assert reading["understood_as"] == "bounce 6 times (at most 6 times in a loop, not 100)"
    assert reading["unknown"] == ["2 seconds"]
    assert reading["notes"][0] == "at most 6 times in a loop, not 100"
    assert "set with its frames" in reading["notes"][1]


def test_a_tag_is_read_as_its_presets_motion(api: APIClient, bounce: Preset) -> None:
    Preset.objects.update(tags=["happy"])
    assert api.get("/api/v1/motions/read/", {"text": "happy"}).json()["recipe"] == bounce.recipe


def test_words_must_be_there_and_may_not_be_too_many(api: APIClient) -> None:
    for sent in ({}, {"text": ""}, {"text": "x" * 301}, {"text": "bounce" + " " * 300}):
        answer = api.get("/api/v1/motions/read/", sent)
        assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "text")


PLAIN = ("gif", "apng", "webp", "avif", "webm", "png_zip")


def test_every_platform_is_listed_with_its_rules(api: APIClient) -> None:
    page = api.get("/api/v1/platforms/").json()
    rows = {row["slug"]: row for row in page["results"]}
    assert (set(rows), page["count"], page["next"]) == (set(PLATFORMS), len(PLATFORMS), None)
    slack = rows["slack"]
    assert (slack["available"], slack["reason"], slack["format"]) == (True, "", "GIF")
    assert {"rule": "bytes", "value": 128000} in slack["rules"]
    assert "upload the file and name it {name}" in slack["how_to_add"]
    assert all(row["available"] and row["source"] for row in rows.values() if row["slug"] not in PLAIN)
    assert (slack["sure"], slack["read_on"]) == ("B", "2026-11-29")
    assert rows["kakao"]["read_on"] is None


def engines(api: APIClient) -> dict[str, tuple[str, bool, str]]:
    rows = api.get("/api/v1/engines/").json()["engines"]
    return {row["slug"]: (row["kind"], row["available"], row["reason"]) for row in rows}


def test_an_endpoint_that_was_never_asked_runs_nothing_but_this_machine_does(api: APIClient) -> None:
    found = engines(api)
    assert found["procedural"] == ("generator", True, "")
    assert found["white"] == ("matte", True, "")
    assert not found["video"][1]
    assert not found["rembg"][1]
    assert "not been asked" in found["rembg"][2]
    assert api.get("/api/v1/engines/").json()["as_of"] is None


def test_engines_are_listed_as_the_endpoint_last_reported_them(api: APIClient) -> None:
    reported = {
        "rembg": {"available": True, "reason": None},
        "sam": {"available": False, "reason": "No weights: run x"},
    }
    row = EndpointState.objects.create(
        endpoint=settings.RUNPOD_ENDPOINT_ID, info={"tasks": reported}, as_of=datetime(2026, 1, 2, tzinfo=UTC)
    )
    found = engines(api)
    assert found["rembg"] == ("matte", True, "")
    assert found["sam"] == ("matte", False, "No weights")
    assert not found["birefnet"][1]
    assert found["birefnet"][2]
    assert api.get("/api/v1/engines/").json()["as_of"] == "2026-01-02T00:00:00Z"
    row.error = "The endpoint does not answer."
    row.save()
    assert engines(api)["rembg"] == ("matte", False, "The endpoint does not answer.")


def test_the_endpoints_condition_is_shown_in_words(api: APIClient) -> None:
    assert api.get("/api/v1/engines/").json()["state"]["code"] == "unknown"
    row = EndpointState.objects.create(endpoint=settings.RUNPOD_ENDPOINT_ID)
    assert api.get("/api/v1/engines/").json()["state"]["code"] == "unknown"
    reported = {"code": "full", "message": "The GPU is out of capacity, 4 in queue", "queue": 4}
    row.breaker = {"phase": "closed", "condition": reported}
    row.save()
    assert api.get("/api/v1/engines/").json()["state"] == reported


def test_a_rule_that_staff_have_changed_is_published_beside_its_default(api: APIClient, staff: User) -> None:
    set_rules("slack", {"bytes_max": 64_000, "frames_max": None, "delay_min_ms": 50}, staff)
    rows = {row["slug"]: row for row in api.get("/api/v1/platforms/").json()["results"]}
    assert {"rule": "bytes", "value": 64_000} in rows["slack"]["rules"]
    assert "frames" not in {rule["rule"] for rule in rows["slack"]["rules"]}
    assert [(each["rule"], each["value"], each["default"]) for each in rows["slack"]["overrides"]] == [
        ("bytes", 64_000, 128_000),
        ("delay_ms", "≥ 50", None),
        ("frames", None, 50),
    ]
    assert rows["slack"]["overrides"][0]["changed_at"].endswith("Z")
    assert rows["gif"]["overrides"] == []
