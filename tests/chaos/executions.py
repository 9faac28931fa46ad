"""Compare what the GPU endpoint has executed with the ledger, for each piece of work: an image and its task."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gpu.batch.packs import pack_key

UNSURE: Final = ("uncertain", "failed", "cancelled")
"""A call that has ended so may have been executed, and its work may be sent again."""

RETRY_TAGS: Final = ("", *(f"strike {failures}" for failures in range(1, 5)))

Row = Mapping[str, Any]


def repeated_work(executions: Sequence[Row], calls: Sequence[Row]) -> Iterator[str]:
    """Yield each piece of a project's work that more remote jobs have done than the ledger explains."""
    jobs: dict[str, set[str]] = defaultdict(set)
    for job, work in _work_of_jobs(executions, calls):
        jobs[work].add(job)
    known = {call["remote_id"] for call in calls}
    for work, ids in jobs.items():
        rows = [call for call in calls if work in call["frame_keys"]]
        explained = sum(call["status"] in UNSURE or is_hedge(call) for call in rows)
        if len(ids) > 1 + explained:
            said = ", ".join(f"{call['status']} {call['remote_id']} {call['error']}" for call in rows)
            lost = f", which does not know {sorted(ids - known)}" if ids - known else ""
            yield f"{work} was executed as {sorted(ids)}; the ledger has: {said or 'nothing'}{lost}"


def is_hedge(call: Row) -> bool:
    """Tell whether the call gave the frames of a late one to a second worker, as `gpu.batch.delivery` does."""
    return call["key"] in {pack_key(call["frame_keys"], f"hedge {tag}") for tag in RETRY_TAGS}


def _work_of_jobs(executions: Sequence[Row], calls: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Yield each remote job with each piece of its work by the ledger's key, which differs between projects.

    Of a job that the ledger does not know, the key is that of the same image in another job: both name the images in
    the job's order. Where there is no other, it is the image's own digest. A call whose results were damaged has no
    keys: its work may be done again.
    """
    frame_keys = {call["remote_id"]: call["frame_keys"] for call in calls if call["remote_id"]}
    known = [(one["pieces"], frame_keys[one["job"]]) for one in executions if frame_keys.get(one["job"])]
    by_image = {piece: key for pieces, keys in known for piece, key in zip(pieces, keys, strict=True)}
    for one in executions:
        for work in frame_keys.get(one["job"], [by_image.get(piece, piece) for piece in one["pieces"]]):
            yield one["job"], work


def repeated_jobs(executions: Sequence[Row]) -> int:
    """Count the executions of a remote job beyond its first: the endpoint starts one again whose worker has died."""
    return len(executions) - len({one["job"] for one in executions})
