"""What Schemathesis sends as a file, and what it checks beside the schema; it imports this module."""

import os
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, CheckContext, Response

from tests.ingest.images import encoded, two_halves
from tests.ingest.sample_clips import animation, scenes

PICTURES = (encoded(two_halves(), "PNG"), encoded(two_halves(), "JPEG"), animation(scenes(3), "GIF"))
FOREIGN_IDS = frozenset(os.environ.get("FUZZ_FOREIGN_IDS", "").split())

# Mostly a picture or clip, so that emoji come to be that it can go on with.
schemathesis.openapi.format("binary", st.sampled_from(PICTURES) | st.binary(max_size=64))


@schemathesis.check
def what_is_somebody_elses_is_not_found(_context: CheckContext, response: Response, case: Case[Any]) -> None:
    """Fail where an answer about somebody else's emoji is anything but a refusal."""
    foreign = FOREIGN_IDS.intersection(map(str, (case.path_parameters or {}).values()))
    assert not foreign or response.status_code >= 400, f"{foreign} is somebody else's"
