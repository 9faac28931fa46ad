"""The form with which staff edit a preset."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from animations.models import Preset
from tests.admin.conftest import Commits, MakePreset, QueuedPreviews
from tests.admin.preset_forms import ADD, LIST, change_url, errors, form_data


def test_a_new_preset_starts_as_a_bounce_at_the_end(staff_client: Client, make_preset: MakePreset) -> None:
    make_preset("spin", position=7)
    form = staff_client.get(ADD).context["adminform"].form
    assert form.get_initial_for_field(form.fields["position"], "position") == 8
    recipe = form["recipe"].value()
    assert json.loads(recipe)["layers"][0]["motion"] == "bounce"
    assert "\n  " in recipe, "indented, for people"


def test_a_preset_is_made_and_its_preview_asked_for(
    staff_client: Client, queued_previews: QueuedPreviews, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = staff_client.post(ADD, form_data())
    assert answer.status_code == 302
    preset = Preset.objects.get()
    assert preset.tags == ["happy", "classic"]
    assert not preset.active
    assert queued_previews() == ["bounce"]


def test_another_recipe_asks_for_a_new_preview_and_shows_the_old_until_then(
    staff_client: Client,
    make_preset: MakePreset,
    queued_previews: QueuedPreviews,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    preset = make_preset("bounce", active=False, preview="presets/old.webp", preview_of="old")
    with django_capture_on_commit_callbacks(execute=True):
        staff_client.post(change_url(preset), form_data(_continue="1"))
    assert queued_previews() == ["bounce"]
    page = staff_client.get(change_url(preset)).content.decode()
    assert "The new preview is being drawn." in page
    assert f"{reverse('preset-preview', args=['bounce'])}?v=old" in page


def test_other_words_alone_leave_the_preview_alone(
    staff_client: Client,
    make_preset: MakePreset,
    queued_previews: QueuedPreviews,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    preset = make_preset("bounce", active=False, preview="presets/x.webp")
    Preset.objects.update(preview_of=preset.preview_digest())
    with django_capture_on_commit_callbacks(execute=True):
        staff_client.post(change_url(preset), form_data(name="Boing"))
    preset.refresh_from_db()
    assert preset.name == "Boing"
    assert preset.is_preview_fresh
    assert queued_previews() == []


def test_saving_does_not_undo_what_a_job_has_drawn_meanwhile(staff_client: Client, make_preset: MakePreset) -> None:
    preset = make_preset("bounce", active=False)
    admin_form_saw = Preset.objects.get(pk=preset.pk)
    Preset.objects.update(preview="presets/new.webp", preview_of=preset.preview_digest())
    from django.contrib import admin

    class Form:
        changed_data = ["name"]

    admin_form_saw.name = "Boing"
    request = staff_client.get(LIST).wsgi_request
    admin.site.get_model_admin(Preset).save_model(request, admin_form_saw, Form(), change=True)
    preset.refresh_from_db()
    assert (preset.name, preset.preview.name) == ("Boing", "presets/new.webp")


@pytest.mark.parametrize(
    ("recipe", "error"),
    [
        ('{"version": 1,\n "layers": }', "in line 2, column 12"),
        ('{"version": 1, "layers": []}', "layers must hold"),
        ('{"version": 1, "layers": [{"motion": "bounce", "amplitude": 99}]}', "layers[0].amplitude must be"),
        ('{"version": 1, "layers": [{"motion": "teleport"}]}', "layers[0].motion must be"),
        ("[1]", "object"),
    ],
)
def test_a_wrong_recipe_is_refused_with_the_name_of_the_field(staff_client: Client, recipe: str, error: str) -> None:
    found = errors(staff_client.post(ADD, form_data(recipe=recipe)))
    assert list(found) == ["recipe"]
    assert error in found["recipe"][0]
    assert Preset.objects.count() == 0


def test_a_refused_recipe_does_not_make_the_preview_look_stale(staff_client: Client, make_preset: MakePreset) -> None:
    preset = make_preset("bounce", preview="presets/x.webp")
    Preset.objects.update(preview_of=preset.preview_digest())
    answer = staff_client.post(change_url(preset), form_data(recipe='{"version": 1, "layers": []}'))
    assert list(errors(answer)) == ["recipe"]
    assert "being drawn" not in answer.content.decode()


def test_a_wrong_template_is_refused_with_the_placeholder_that_is_wrong(staff_client: Client) -> None:
    found = errors(staff_client.post(ADD, form_data(template="Move like {nonsense} please")))
    assert list(found) == ["template"]
    assert "nonsense" in found["template"][0]


@pytest.mark.parametrize("tags", ["x" * 25, ",".join("abcdefghi")])
def test_too_long_or_too_many_tags_are_refused(staff_client: Client, tags: str) -> None:
    assert list(errors(staff_client.post(ADD, form_data(tags=tags)))) == ["tags"]


def test_a_published_preset_keeps_its_slug_and_cannot_be_deleted(
    staff_client: Client, make_preset: MakePreset
) -> None:
    preset = make_preset("bounce")
    staff_client.post(change_url(preset), form_data(slug="other", active="on"))
    preset.refresh_from_db()
    assert preset.slug == "bounce"
    delete = reverse("admin:animations_preset_delete", args=[preset.pk])
    assert staff_client.post(delete, {"post": "yes"}).status_code == 403
    Preset.objects.update(active=False)
    staff_client.post(change_url(preset), form_data(slug="other"))
    assert Preset.objects.get().slug == "other"
    assert staff_client.post(delete, {"post": "yes"}).status_code == 302
