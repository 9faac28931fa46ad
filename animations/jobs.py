"""The functions that RQ calls by dotted path: a primary key in, a function of `work` called."""

from __future__ import annotations

from animations.work import preset_previews
from animations.work.gpu import endpoint_state
from animations.work.run import run as run_job


def run(job_id: str) -> None:
    """Do a job, or nothing when another run has it, when it is over, or when it is gone."""
    run_job(job_id)


def draw_preview(slug: str) -> None:
    """Draw a preset's moving preview, if it is not fresh."""
    preset_previews.draw_preview(slug)


def refresh_endpoint(name: str) -> None:
    """Ask the GPU endpoint how it is and keep the answer."""
    endpoint_state.refresh(name)
