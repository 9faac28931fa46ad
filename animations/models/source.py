"""What was uploaded, and the mattes made of it."""

from __future__ import annotations

import uuid

from django.db import models


class Source(models.Model):
    """The picture a project is made of: the original as it came, and the upright sRGB master that is worked on.

    `matte` is the one in use, out of the chain of all that were made.
    """

    class Kind(models.TextChoices):
        PICTURE = "picture"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.OneToOneField("animations.Project", on_delete=models.CASCADE, related_name="source")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PICTURE)
    original = models.FileField(max_length=200)
    original_format = models.CharField(max_length=10)
    picture = models.FileField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    has_alpha = models.BooleanField(default=False)
    matte = models.ForeignKey("animations.Matte", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"source of {self.project_id}"


class Matte(models.Model):
    """How opaque each pixel of a source is. Never changed once made; a mended one names its parent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="mattes")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    engine = models.CharField(max_length=40)
    """The matting engine that was asked: `rembg`, `sam`, `birefnet`, `white`, or `none` (the picture's own alpha)."""
    model = models.CharField(max_length=80, blank=True)
    alpha = models.FileField(max_length=200)
    cutout = models.FileField(max_length=200)
    call = models.ForeignKey("animations.GpuCall", null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.engine} matte of {self.source_id}"
