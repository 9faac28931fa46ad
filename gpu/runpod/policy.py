"""The client's limits: timeouts, retries, polling intervals, requests at once; and how long RunPod keeps results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

RETENTION_S: Final = 1800.0
"""RunPod keeps the result of a `/run` job for half an hour: no younger job can have been forgotten in good order."""


@dataclass(frozen=True, slots=True)
class CallPolicy:
    """Times in seconds. The defaults keep below RunPod's rates (200 `/run` at once, 1000 in 10 s)."""

    concurrency: int = 30
    deadline: float = 600.0
    uncertain_wait: float = 15.0
    """How long the fate of an unanswered send is waited for; that of another job has `exchange_timeout` more."""
    unknown_wait: float = 30.0
    """How long a job that the endpoint should know, and says that it does not, is asked about (`gpu.call.poll`)."""
    connect_timeout: float = 3.0
    read_timeout: float = 10.0
    """The longest silence within one exchange."""
    exchange_timeout: float = 60.0
    """One question and its whole answer, of which either may be 10 MB."""
    cancel_timeout: float = 5.0
    cancel_pause: float = 1.0
    """Before a job that the endpoint does not know (yet) is cancelled once more."""
    first_poll: float = 0.05
    max_poll: float = 0.25
    queue_grace: float = 10.0
    """From so long after its expected end, a job that is still in the queue is polled less and less often."""
    max_queue_poll: float = 1.0
    max_poll_gap: float = 2.0
    """The longest time between two polls of a job whose expected end is far away, since the forecast may be wrong."""
    final_poll_timeout: float = 5.0
    """The time that a job gets which is resumed after its deadline: it may have ended long ago."""
    max_tries: int = 6
    """Requests in all when transport errors, 429 or 5xx follow each other."""
    max_retry_time: float = 15.0
    """No further request is sent after this long, so that the caller can report the outage."""
    initial_backoff: float = 0.25
    max_backoff: float = 5.0
    answer_age: float = 3.0
    """An endpoint that has not answered for so long is asked for its health before it is sent work."""
