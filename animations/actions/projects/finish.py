"""Give a project's files another finish: where the loop stands, its outline, shadow and caption."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from animations.actions.errors import ActionError
from animations.finish.letters import SCRIPTS, clean_caption, missing_letters
from animations.finish.options import Caption, Finish
from animations.models import Project
from animations.models.transitions import revise


def set_finish(project: Project, finish: Finish) -> dict[str, Any]:
    """Finish the files that are asked for from now on so, and return the finish before. No frame changes.

    Raises `ActionError` for a caption that cannot be written.
    """
    if finish.caption:
        finish = replace(finish, caption=_checked(finish.caption))
    with revise(project.pk):
        project.refresh_from_db(fields=["finish"])
        before = dict(project.finish)
        project.set_finish(finish.to_json())
    return before


def _checked(caption: Caption) -> Caption:
    text = clean_caption(caption.text)
    if not text:
        raise ActionError("required", "Write a caption, or leave it out.", "caption.text")
    if missing := missing_letters(text):
        detail = f"A caption cannot show {' '.join(missing)}. It can be written in {SCRIPTS}."
        raise ActionError("invalid", detail, "caption.text")
    return replace(caption, text=text)
