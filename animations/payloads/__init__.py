"""Rows → plain dictionaries: the one shape that the API and the socket share."""

from animations.payloads.exports import export_payload
from animations.payloads.frames import candidate_payload, frame_list_payload, frame_payload, frames_with_candidates
from animations.payloads.jobs import job_list_payload, job_payload, sum_gpu_use
from animations.payloads.projects import (
    covers_of,
    project_detail_payload,
    project_list_payload,
    project_payload,
    source_payload,
)
from animations.payloads.types import (
    CandidatePayload,
    CheckPayload,
    ClipPayload,
    ExportFilePayload,
    ExportPayload,
    FramePayload,
    GpuUse,
    JobPayload,
    MotionPayload,
    NotePayload,
    ProgressPayload,
    ProjectDetailPayload,
    ProjectPayload,
    SourcePayload,
    Time,
    UsagePayload,
    format_time,
)

__all__ = [
    "CandidatePayload",
    "CheckPayload",
    "ClipPayload",
    "ExportFilePayload",
    "ExportPayload",
    "FramePayload",
    "GpuUse",
    "JobPayload",
    "MotionPayload",
    "NotePayload",
    "ProgressPayload",
    "ProjectDetailPayload",
    "ProjectPayload",
    "SourcePayload",
    "Time",
    "UsagePayload",
    "candidate_payload",
    "covers_of",
    "export_payload",
    "format_time",
    "frame_list_payload",
    "frame_payload",
    "frames_with_candidates",
    "job_list_payload",
    "job_payload",
    "project_detail_payload",
    "project_list_payload",
    "project_payload",
    "source_payload",
    "sum_gpu_use",
]
