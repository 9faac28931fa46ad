"""Addresses and forms of the preset pages."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from django.urls import reverse

from animations.models import Preset
from animations.motion.language.prompt import DEFAULT_TEMPLATE
from animations.motion.language.reader import parse_motion

LIST = reverse("admin:animations_preset_changelist")
ADD = reverse("admin:animations_preset_add")


def change_url(preset: Preset) -> str:
    return reverse("admin:animations_preset_change", args=[preset.pk])


def form_data(**changes: Any) -> dict[str, Any]:
    recipe = parse_motion("bounce").recipe
    assert recipe is not None
    values = {
        "name": "Bounce",
        "slug": "bounce",
        "description": "Up and down.",
        "tags": "Happy, classic,happy",
        "prompt": "bounce",
        "recipe": json.dumps(recipe.to_json()),
        "template": DEFAULT_TEMPLATE,
        "position": "1",
    }
    return values | changes


def errors(answer: Any) -> dict[str, list[str]]:
    form = answer.context["adminform"].form
    return {name: list(found) for name, found in form.errors.items()}


def run_action(client: Client, name: str, *presets: Preset) -> Any:
    return client.post(LIST, {"action": name, "_selected_action": [preset.pk for preset in presets]})


def spin(**layer: Any) -> str:
    return json.dumps({"version": 1, "layers": [{"motion": "spin", **layer}]})
