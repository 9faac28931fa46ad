"""Validate a preset: tags as words, the recipe as text that says where it is wrong, words that it agrees with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError

from animations.admin.presets.live_check import recipe_label
from animations.models import Preset
from animations.motion.language.prompt import DEFAULT_TEMPLATE
from animations.motion.language.reader import parse_motion

if TYPE_CHECKING:
    PresetModelForm = forms.ModelForm[Preset]
else:
    PresetModelForm = forms.ModelForm

INITIAL_WORDS = "bounce"
"""The words of a new preset."""

NO_MOTION: Final = "No motion was found in these words. Beside the field stands how they are understood."
RECIPE_DISAGREES: Final = (
    "The words say “{said}”, but this recipe is “{drawn}”. Read the recipe from the words, or change the words."
)


class TagsField(forms.CharField):
    """A list of short words, typed with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        """Return the tags as one line."""
        return ", ".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the lists, not the spelling of the line."""
        return bool((initial or []) != _split_tags(data or ""))

    def clean(self, value: Any) -> list[str]:
        """Return the tags. Raises `ValidationError` for too many and too long ones."""
        tags = _split_tags(super().clean(value))
        if len(tags) > Preset.MAX_TAGS:
            raise ValidationError(f"At most {Preset.MAX_TAGS} tags, please.")
        for tag in tags:
            if len(tag) > Preset.TAG_LENGTH:
                raise ValidationError(f"“{tag}” is too long for a tag: at most {Preset.TAG_LENGTH} letters.")
        return tags


class RecipeField(forms.JSONField):
    """JSON, indented; broken JSON is refused with the line and column where it breaks."""

    def prepare_value(self, value: Any) -> Any:
        """Return the recipe as indented JSON."""
        if isinstance(value, (dict, list)):
            return json.dumps(value, indent=2, ensure_ascii=False)
        return super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        """Return the decoded JSON. Raises `ValidationError` with the place of the error."""
        try:
            return super().to_python(value)
        except ValidationError as error:
            raise ValidationError(_json_error(str(value))) from error


class PresetForm(PresetModelForm):
    """The form of a preset."""

    tags = TagsField(
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField wide"}),
        help_text="Words to find it by, with commas between them.",
    )
    recipe = RecipeField(
        widget=forms.Textarea(attrs={"rows": 20, "spellcheck": "false", "class": "vLargeTextField code"}),
        help_text="The motion as data: this is drawn. It may be finer than the words above, but not say otherwise; "
        "where only the words are changed it is read from them.",
    )
    recipe_was_read = False
    """Whether the recipe that is saved was read from the words."""

    class Meta:
        model = Preset
        fields = ["name", "slug", "description", "tags", "prompt", "recipe", "template", "position", "active"]
        widgets = {
            "prompt": forms.TextInput(attrs={"class": "vTextField wide"}),
            "description": forms.TextInput(attrs={"class": "vTextField wide"}),
            "template": forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
        }

    def clean(self) -> dict[str, Any]:
        """Read the recipe again where only the words were changed; refuse one that the words disagree with."""
        cleaned = super().clean() or self.cleaned_data
        drawn = recipe_label(cleaned.get("recipe"))
        words = cleaned.get("prompt")
        if not words or drawn is None:  # what is wrong with them is said elsewhere
            return cleaned
        said = parse_motion(words).recipe
        if said is None:
            self.add_error("prompt", NO_MOTION)
        elif said.label == drawn:
            pass
        elif "prompt" in self.changed_data and self._recipe_is_untouched(cleaned["recipe"]):
            cleaned["recipe"] = said.to_json()
            self.changed_data.append("recipe")
            self.recipe_was_read = True
        else:
            self.add_error("recipe", RECIPE_DISAGREES.format(said=said.label, drawn=drawn))
        return cleaned

    def _recipe_is_untouched(self, recipe: object) -> bool:
        """Return whether the recipe is as the form came: the stored one, or a new preset's first."""
        return "recipe" not in self.changed_data or (
            self.instance._state.adding and recipe == recipe_of(INITIAL_WORDS)
        )


def initial_values() -> dict[str, Any]:
    """Return the values that a new preset's form is filled with: a bounce, at the end of the list."""
    last = Preset.objects.order_by("-position").values_list("position", flat=True).first()
    return {"recipe": recipe_of(INITIAL_WORDS), "template": DEFAULT_TEMPLATE, "position": (last or 0) + 1}


def recipe_of(words: str) -> dict[str, Any] | None:
    """Read the recipe of `words`, as JSON; None when they name no motion."""
    recipe = parse_motion(words).recipe
    return recipe.to_json() if recipe else None


def _split_tags(text: str) -> list[str]:
    words = (" ".join(part.lower().split()) for part in text.split(","))
    return list(dict.fromkeys(word for word in words if word))


def _json_error(text: str) -> str:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"This is not JSON: {error.msg}, in line {error.lineno}, column {error.colno}."
    return "This is not JSON."
