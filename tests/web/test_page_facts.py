"""Test that bounds, names and rules on the pages are the server's own, not copies of them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from animations.matte.engines import ENGINES
from animations.models import Project
from animations.web import views

pytestmark = pytest.mark.django_db


def field(page: str, name: str) -> dict[str, str]:
    """Return the attributes of an input by its name."""
    found = next(tag for tag in re.findall(r"<input\b[^>]*>", page) if f'name="{name}"' in tag)
    return dict(re.findall(r'(\w+)="([^"]*)"', found))


def json_script(page: str, element_id: str) -> Any:
    found = re.search(rf'<script id="{element_id}" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_a_range_has_the_bounds_of_the_model(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Project.LIMITS, "frame_count", (30, 40))
    attributes = field(api.get(reverse("new")).content.decode(), "frame_count")
    assert (attributes["min"], attributes["max"]) == ("30", "40")


def test_the_emojis_own_rate_is_among_the_choices(api: APIClient, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(frame_ms=64)
    page = api.get(reverse("studio", args=[project.pk])).content.decode()
    rates = re.findall(r'name="frame_ms"\s+value="(\d+)"\s+(checked)?>([\d.]+)<', page)
    assert ("64", "checked", "15.6") in rates
    assert [rate for _, checked, rate in rates if not checked] == ["5", "8", "10", "12.5", "20", "25"]


def test_as_many_versions_as_the_model_allows_can_be_chosen(
    api: APIClient, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(Project.LIMITS, "candidates", (1, 6))
    page = api.get(reverse("studio", args=[project.pk])).content.decode()
    assert re.findall(r'name="candidates"\s+value="(\d)"', page) == list("123456")
    assert re.findall(r'<option value="\d"[^>]*>(\d) versions?<', page) == list("123456")


def test_the_drop_zone_takes_files_up_to_the_size_in_the_settings(api: APIClient, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 7_000_000
    page = api.get(reverse("new")).content.decode()
    assert 'data-max-megabytes="7"' in page
    assert "up to 7 MB" in page


def test_scripts_read_engines_and_clip_rules_from_the_page(api: APIClient, project: Project) -> None:
    page = api.get(reverse("studio", args=[project.pk])).content.decode()
    assert json_script(page, "engine-names") == {engine.slug: engine.label for engine in ENGINES}
    assert json_script(page, "clip-rules") == {**views.CLIP_RULES, "messages": views.CLIP_MESSAGES}
