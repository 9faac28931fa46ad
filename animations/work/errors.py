"""Errors that a run may tell the person who asked for it."""


class WorkFailed(Exception):
    """The job cannot be done; the message is for its owner and says what to do next."""


class GpuUnavailable(Exception):
    """The GPU cannot be had; the job may wait for it, and be tried again in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"tried again in {seconds:.0f} s")
        self.seconds = seconds


class NoSubject(WorkFailed):
    """An engine found nothing to keep in the picture; another one may."""
