"""Presets: motions that staff have curated."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Final, Self

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from animations import queueing
from animations.motion.language.prompt import TemplateError, check_template
from animations.motion.recipe import RecipeError, read_recipe

PREVIEW_VERSION: Final = 1
"""Raise it when previews are drawn in another way: then every one of them is drawn again."""
PREVIEW_TIMEOUT: Final = timedelta(minutes=1)
"""The time after which a preview that has not come is requested again."""


def validate_recipe(value: object) -> None:
    """Raise `ValidationError` unless `value` is a valid recipe."""
    try:
        read_recipe(value)
    except RecipeError as error:
        raise ValidationError(str(error)) from error


def validate_template(value: str) -> None:
    """Raise `ValidationError` for a template with unknown fields."""
    try:
        check_template(value)
    except TemplateError as error:
        raise ValidationError(str(error)) from error


class PresetQuerySet(models.QuerySet["Preset"]):
    def active(self) -> Self:
        """Return the published presets in their order."""
        return self.filter(active=True).order_by("position", "name")

    def overdue(self) -> list[Preset]:
        """Return the presets whose preview is missing or shows another recipe, and was not requested lately.

        Digests are compared here, not in the database: there are tens of presets, not thousands.
        """
        return [preset for preset in self if preset.is_preview_overdue]


class Preset(models.Model):
    """A curated motion: words and a recipe for the procedural generator, a template for video models.

    The moving preview is drawn by a job; `preview_of` is the digest of the recipe it shows, so a preview that no
    longer fits can be found and drawn again. Until then the old one stays.
    """

    SLUG_LENGTH: Final = 50
    NAME_LENGTH: Final = 60
    MAX_TAGS: Final = 8
    TAG_LENGTH: Final = 24

    slug = models.SlugField(max_length=SLUG_LENGTH, unique=True)
    name = models.CharField(max_length=NAME_LENGTH)
    description = models.CharField(max_length=200)
    prompt = models.CharField(max_length=300, help_text="The words a person would type for this motion.")
    tags = models.JSONField(default=list, blank=True)
    recipe = models.JSONField(validators=[validate_recipe])
    template = models.TextField(validators=[validate_template], help_text="The prompt for video models.")
    position = models.PositiveIntegerField(default=0, db_index=True)
    active = models.BooleanField(default=False)
    preview = models.FileField(max_length=200, blank=True, editable=False)
    preview_of = models.CharField(max_length=40, blank=True, editable=False)
    preview_requested_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PresetQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def preview_digest(self) -> str:
        """Return 40 hex digits that change whenever a new preview would look different."""
        drawn = json.dumps([PREVIEW_VERSION, self.recipe], sort_keys=True)
        return hashlib.sha256(drawn.encode()).hexdigest()[:40]

    @property
    def is_preview_fresh(self) -> bool:
        """True where the preview shows the recipe as it is now."""
        return bool(self.preview) and self.preview_of == self.preview_digest()

    @property
    def is_preview_overdue(self) -> bool:
        """True where the preview is not fresh and was not requested lately."""
        requested = self.preview_requested_at
        return not self.is_preview_fresh and (requested is None or requested < timezone.now() - PREVIEW_TIMEOUT)


def request_previews(presets: Iterable[Preset]) -> None:
    """Have a job draw these previews after the commit. Without Redis, the reconciler requests them again."""
    slugs = [preset.slug for preset in presets]
    Preset.objects.filter(slug__in=slugs).update(preview_requested_at=timezone.now())
    transaction.on_commit(partial(_enqueue_previews, slugs))


def _enqueue_previews(slugs: list[str]) -> None:
    for place, slug in enumerate(slugs):
        if not queueing.enqueue("bulk", "animations.jobs.draw_preview", slug):
            # Redis is away: each further try would only wait for the same time-out. The rest is overdue at once.
            Preset.objects.filter(slug__in=slugs[place:]).update(preview_requested_at=None)
            return


@receiver(post_delete, sender=Preset)
def delete_preview(instance: Preset, **_: object) -> None:
    """Delete a preset's preview after the commit."""
    if name := instance.preview.name:
        transaction.on_commit(partial(default_storage.delete, name))
