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
    """Yield each piece of work that more remote jobs have done than the ledger explains."""
    jobs: dict[str, set[str]] = defaultdict(set)
    for one in executions:
        for piece in one["pieces"]:
            jobs[piece].add(one["job"])
    keys = _keys_of_pieces(executions, calls)
    for piece, ids in jobs.items():
        rows = [call for call in calls if keys.get(piece) in call["frame_keys"]]
        explained = sum(call["status"] in UNSURE or is_hedge(call) for call in rows)
        if len(ids) > 1 + explained:
            said = ", ".join(f"{call['status']} {call['remote_id']} {call['error']}" for call in rows)
            yield f"piece {piece} was executed as {sorted(ids)}; the ledger has: {said or 'nothing'}"


def is_hedge(call: Row) -> bool:
    """Tell whether the call gave the frames of a late one to a second worker, as `gpu.batch.delivery` does."""
    return call["key"] in {pack_key(call["frame_keys"], f"hedge {tag}") for tag in RETRY_TAGS}


def _keys_of_pieces(executions: Sequence[Row], calls: Sequence[Row]) -> dict[str, str]:
    """Find the ledger's key of each piece: both name the images of a remote job in its order."""
    frame_keys = {call["remote_id"]: call["frame_keys"] for call in calls if call["remote_id"]}
    known = [(one["pieces"], frame_keys[one["job"]]) for one in executions if one["job"] in frame_keys]
    return {piece: key for pieces, keys in known for piece, key in zip(pieces, keys, strict=True)}


def repeated_jobs(executions: Sequence[Row]) -> int:
    """Count the executions of a remote job beyond its first: the endpoint starts one again whose worker has died."""
    return len(executions) - len({one["job"] for one in executions})
