"""The words of a preset and its recipe say the same motion."""

from __future__ import annotations

import json

from django.test import Client
from django.urls import reverse

from animations.models import Preset
from animations.motion.language.prompt import DEFAULT_TEMPLATE
from animations.motion.recipe import read_recipe
from tests.admin.conftest import Commits, MakePreset, QueuedPreviews
from tests.admin.preset_forms import ADD, change_url, errors, form_data, spin


def test_words_that_disagree_with_the_recipe_are_refused(staff_client: Client, make_preset: MakePreset) -> None:
    found = errors(staff_client.post(ADD, form_data(prompt="wobble", recipe=spin())))
    assert list(found) == ["recipe"]
    assert "The words say “wobble”, but this recipe is “spin”." in found["recipe"][0]
    preset = make_preset("bounce", active=False)
    assert list(errors(staff_client.post(change_url(preset), form_data(recipe=spin())))) == ["recipe"]
    Preset.objects.update(recipe=json.loads(spin()))  # a row from before that was refused
    assert list(errors(staff_client.post(change_url(preset), form_data(name="New", recipe=spin())))) == ["recipe"]
    preset.refresh_from_db()
    assert preset.name == "Bounce"


def test_changed_words_alone_bring_their_recipe_with_a_message(
    staff_client: Client,
    make_preset: MakePreset,
    queued_previews: QueuedPreviews,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    preset = make_preset("bounce", active=False)
    with django_capture_on_commit_callbacks(execute=True):
        answer = staff_client.post(change_url(preset), form_data(prompt="slow wobble", _continue="1"), follow=True)
    preset.refresh_from_db()
    assert read_recipe(preset.recipe).label == "slow wobble"
    assert queued_previews() == ["bounce"]
    assert "The recipe was read from the words: slow wobble." in answer.content.decode()


def test_a_new_presets_words_bring_their_recipe_too(staff_client: Client) -> None:
    started = staff_client.get(ADD).context["adminform"].form["recipe"].value()
    staff_client.post(ADD, form_data(slug="nod", prompt="nod", recipe=started))
    assert read_recipe(Preset.objects.get().recipe).label == "nod"


def test_a_recipe_may_be_finer_than_its_words(staff_client: Client, make_preset: MakePreset) -> None:
    preset = make_preset("bounce", active=False)
    fine = json.dumps({"version": 1, "layers": [{"motion": "bounce", "amplitude": 1.1, "easing": "linear"}]})
    assert staff_client.post(change_url(preset), form_data(recipe=fine)).status_code == 302
    assert staff_client.post(change_url(preset), form_data(recipe=fine, prompt="boing")).status_code == 302
    preset.refresh_from_db()
    assert (preset.prompt, preset.recipe["layers"][0]["easing"]) == ("boing", "linear")


def test_words_that_name_no_motion_are_refused(staff_client: Client) -> None:
    found = errors(staff_client.post(ADD, form_data(prompt="flurbify")))
    assert list(found) == ["prompt"]


def test_the_form_says_where_the_recipe_differs(staff_client: Client, make_preset: MakePreset) -> None:
    address = reverse("admin:animations_preset_reading")
    for recipe, differs in {spin(): "The recipe is “spin”.", form_data()["recipe"]: "", "{": "", "[1]": ""}.items():
        assert staff_client.post(address, {"prompt": "bounce", "recipe": recipe}).json()["differs"] == differs
    page = staff_client.get(change_url(make_preset("odd", recipe=json.loads(spin())))).content.decode()
    assert "The recipe is “spin”." in page


def test_words_are_read_while_they_are_typed(staff_client: Client) -> None:
    address = reverse("admin:animations_preset_reading")
    found = staff_client.post(address, {"prompt": "subtle bounce", "template": DEFAULT_TEMPLATE}).json()
    assert found["understood_as"] == "subtle bounce"
    assert json.loads(found["recipe"])["layers"][0]["motion"] == "bounce"
    assert "subtle bounce" in found["example"]
    assert found["template_error"] == ""


def test_unknown_words_and_a_wrong_template_are_named(staff_client: Client) -> None:
    address = reverse("admin:animations_preset_reading")
    found = staff_client.post(address, {"prompt": "flurbify", "template": "{nonsense}"}).json()
    assert found["recipe"] is None
    assert found["understood_as"] == "no motion that we know"
    assert found["unknown"] == ["flurbify"]
    assert "nonsense" in found["template_error"]


def test_the_form_says_how_the_words_are_understood(staff_client: Client, make_preset: MakePreset) -> None:
    page = staff_client.get(change_url(make_preset("soft", "subtle bounce"))).content.decode()
    assert '<output class="understood">subtle bounce</output>' in page
    assert 'type="module"' in page
