"""Rows, the questions one may ask of them, and the transitions they may make."""

from animations.models.candidate import Candidate
from animations.models.export import Export, ExportFile
from animations.models.frame import Frame
from animations.models.gpu.calls import EndpointState, GpuCall, GpuTiming
from animations.models.idempotency import IdempotencyKey
from animations.models.job import Job
from animations.models.packs.pack import Pack, PackFile
from animations.models.platforms.rule_override import RuleOverride, platforms_in_use
from animations.models.preset import Preset
from animations.models.project import Project
from animations.models.sets.emoji_set import EmojiSet
from animations.models.source import Matte, Source
from animations.models.users.deletion import PersonDeletion
from animations.models.users.guest import Guest
from animations.models.users.share_link import ShareLink

__all__ = [
    "Candidate",
    "EmojiSet",
    "EndpointState",
    "Export",
    "ExportFile",
    "Frame",
    "GpuCall",
    "GpuTiming",
    "Guest",
    "IdempotencyKey",
    "Job",
    "Matte",
    "Pack",
    "PackFile",
    "PersonDeletion",
    "Preset",
    "Project",
    "RuleOverride",
    "ShareLink",
    "Source",
    "platforms_in_use",
]
