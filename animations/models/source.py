"""Sources: uploaded pictures and clips, and the mattes made of them."""

from __future__ import annotations

import uuid

from django.db import models

from animations.matte import engines
from animations.matte.refine_tools import REMATTES


class Source(models.Model):
    """The source of a project: the original as it came, and its (first) picture normalised to upright sRGB.

    `matte` is the one in use, out of the chain of all that were made for the picture. Of a clip, `clip_times_ms` says
    when each of its frames begins and `clip_ms` how long it runs; its frames are read from the original when needed.
    """

    class Kind(models.TextChoices):
        PICTURE = "picture"
        CLIP = "clip"

    class Background(models.TextChoices):
        """The kinds of background, as `animations.matte.background` measures it."""

        TRANSPARENT = engines.Background.TRANSPARENT.value
        WHITE = engines.Background.WHITE.value
        OTHER = engines.Background.OTHER.value

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.OneToOneField("animations.Project", on_delete=models.CASCADE, related_name="source")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PICTURE)
    original = models.FileField(max_length=200)
    original_format = models.CharField(max_length=10)
    picture = models.FileField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    has_alpha = models.BooleanField(default=False)
    background = models.CharField(max_length=11, choices=Background.choices, default=Background.OTHER)
    """`matte="auto"` goes by it."""
    clip_times_ms = models.JSONField(default=list, blank=True)
    clip_ms = models.PositiveIntegerField(null=True, blank=True)
    matte = models.ForeignKey("animations.Matte", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"source of {self.project_id}"


class Matte(models.Model):
    """The opacity of each pixel of a source. Never changed once made; a refined one names its parent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="mattes")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    engine = models.CharField(max_length=40)
    """The slug of the matting engine that was asked, as in `animations.matte.engines`."""
    model = models.CharField(max_length=80, blank=True)
    alpha = models.FileField(max_length=200)
    cutout = models.FileField(max_length=200)
    tool = models.CharField(max_length=10, blank=True)
    """The tool that made it, as in `animations.matte.refine_tools`; "" for one that an engine made unasked."""
    pockets = models.JSONField(default=list, blank=True)
    """Enclosed regions of the background's colour, which may be holes (`animations.matte.refine_tools.Pocket`)."""
    holes = models.JSONField(default=list, blank=True)
    """Enclosed regions that were opened unasked, in the shape of pockets: surely background, and still open."""
    sparks = models.JSONField(default=list, blank=True)
    """Small parts that it has dropped, and that may belong to the subject (`animations.matte.refine_tools.Spark`)."""
    call = models.ForeignKey("animations.GpuCall", null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.engine} matte of {self.source_id}"

    @property
    def base(self) -> Matte:
        """The matte of the whole picture that this one was refined from, step by step; or itself."""
        matte = self
        while matte.parent is not None and matte.tool not in REMATTES:
            matte = matte.parent
        return matte
