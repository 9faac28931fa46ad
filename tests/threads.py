"""Requests that come at once, each in a thread with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import connection

from animations.actions.errors import ActionError

Target = TypeVar("Target")


def at_once(act: Callable[[Target], object], targets: Sequence[Target]) -> list[ActionError]:
    """Act on all targets at the same time, and return the refusals. The test is `transaction=True`."""
    together, refused = threading.Barrier(len(targets)), list[ActionError]()

    def act_on(target: Target) -> None:
        together.wait()
        try:
            act(target)
        except ActionError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act_on, args=(target,)) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused
