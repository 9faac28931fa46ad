"""The pages on which staff order, copy, edit, watch and publish presets."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from animations.models import Preset
from animations.motion.language.prompt import DEFAULT_TEMPLATE
from animations.motion.language.reader import parse_motion
from animations.motion.recipe import read_recipe
from tests.admin.conftest import Commits, MakePreset, QueuedPreviews

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


def order() -> list[str]:
    return list(Preset.objects.order_by("position").values_list("slug", flat=True))


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


def spin(**layer: Any) -> str:
    return json.dumps({"version": 1, "layers": [{"motion": "spin", **layer}]})


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


def test_the_list_shows_each_preset_with_its_moving_preview(staff_client: Client, make_preset: MakePreset) -> None:
    preset = make_preset("bounce", preview="presets/x.webp", tags=["happy", "classic"])
    Preset.objects.update(preview_of=preset.preview_digest())
    make_preset("spin")
    page = staff_client.get(LIST).content.decode()
    assert f'<img src="/media/presets/bounce/?v={preset.preview_digest()}"' in page
    assert "happy, classic" in page
    assert len(re.findall(r"<preset-preview[^>]* stale>", page)) == 1


def test_words_of_the_motion_find_a_preset(staff_client: Client, make_preset: MakePreset) -> None:
    make_preset("bounce")
    make_preset("whirl", "spin", active=False)
    assert "Whirl" in staff_client.get(LIST, {"q": "spin"}).content.decode()
    assert "Whirl" not in staff_client.get(LIST, {"active__exact": "1"}).content.decode()


def test_the_list_asks_as_little_for_thirty_presets_as_for_three(
    staff_client: Client, make_preset: MakePreset, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        make_preset(f"p{number}")
    with django_assert_max_num_queries(8):
        staff_client.get(LIST)


def test_duplicating_one_preset_leads_to_its_form(staff_client: Client, make_preset: MakePreset) -> None:
    answer = run_action(staff_client, "duplicate", make_preset("bounce"))
    copy = Preset.objects.get(slug="bounce-copy")
    assert answer.url == change_url(copy)
    assert "Copy of Bounce" in staff_client.get(answer.url).content.decode()


def test_duplicating_several_presets_stays_on_the_list(staff_client: Client, make_preset: MakePreset) -> None:
    answer = run_action(staff_client, "duplicate", make_preset("bounce"), make_preset("spin"))
    assert answer.url.startswith(LIST)
    assert Preset.objects.filter(active=False).count() == 2


def test_presets_are_published_and_unpublished(staff_client: Client, make_preset: MakePreset) -> None:
    hidden, shown = make_preset("bounce", active=False), make_preset("spin")
    run_action(staff_client, "publish", hidden)
    run_action(staff_client, "unpublish", shown)
    assert [preset.slug for preset in Preset.objects.active()] == ["bounce"]


def test_presets_are_ordered_by_the_numbers_in_the_list(staff_client: Client, make_preset: MakePreset) -> None:
    rows = {f"form-{place}-id": make_preset(slug).pk for place, slug in enumerate("abc")}
    numbers = {"form-0-position": 1, "form-1-position": 2, "form-2-position": 1}
    counts = {"form-TOTAL_FORMS": 3, "form-INITIAL_FORMS": 3}
    staff_client.post(LIST, rows | numbers | counts | {"_save": "Save"})
    assert order() == ["c", "a", "b"]
    assert sorted(Preset.objects.values_list("position", flat=True)) == [1, 2, 3]


def test_the_preview_of_a_chosen_preset_is_drawn_again(
    staff_client: Client,
    make_preset: MakePreset,
    queued_previews: QueuedPreviews,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run_action(staff_client, "redraw", make_preset("bounce"))
    assert queued_previews() == ["bounce"]


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


def test_the_states_of_all_previews_are_listed(staff_client: Client, make_preset: MakePreset) -> None:
    preset = make_preset("bounce", preview="presets/x.webp", preview_of="old")
    other = make_preset("spin")
    states = staff_client.get(reverse("admin:animations_preset_previews")).json()
    assert states == {
        str(preset.pk): {"src": "/media/presets/bounce/?v=old", "fresh": False},
        str(other.pk): {"src": "", "fresh": False},
    }


def test_staff_who_may_only_view_change_nothing(make_preset: MakePreset) -> None:
    preset = make_preset("bounce")
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_preset"))
    client = Client()
    client.force_login(reader)
    assert client.get(LIST).status_code == 200
    assert client.get(reverse("admin:animations_preset_previews")).status_code == 200
    assert 'name="form-0-position"' not in client.get(LIST).content.decode()
    run_action(client, "unpublish", preset)
    preset.refresh_from_db()
    assert preset.active


@pytest.mark.parametrize("name", ["reading", "previews"])
def test_strangers_get_nothing_from_the_modules_addresses(db: None, name: str) -> None:
    user = User.objects.create_user("somebody", is_staff=True)
    client = Client()
    address = reverse(f"admin:animations_preset_{name}")
    ask = client.post if name == "reading" else client.get
    assert ask(address).status_code == 302
    client.force_login(user)
    assert ask(address).status_code == 403
