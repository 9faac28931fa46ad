"""The door to RQ. A message names a function by its dotted path and carries one primary key.

Messages may be lost, doubled or late: a run claims the row first. So putting a job on its queue again is always safe,
and messages never pile up, because the old one is taken off the queue before.
"""

from __future__ import annotations

import logging

import django_rq
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

RESULT_SECONDS = 60
FAILURE_SECONDS = 3600


def enqueue(queue: str, function: str, key: str, *, at_front: bool = False) -> bool:
    """Put `function(key)` on `queue`, last or first; False (and a line in the log) when Redis cannot be reached.

    The reconciler finds jobs that were not delivered, so the caller need not try again.
    """
    message_id = f"{function.rpartition('.')[2]}-{key}"
    try:
        rq_queue = django_rq.get_queue(queue, commit_mode="auto")
        rq_queue.remove(message_id)
        rq_queue.enqueue(
            function,
            key,
            job_id=message_id,
            result_ttl=RESULT_SECONDS,
            failure_ttl=FAILURE_SECONDS,
            at_front=at_front,
        )
    except RedisError as error:
        log.warning("%s was not put on the queue %s: %s", message_id, queue, type(error).__name__)
        return False
    return True
