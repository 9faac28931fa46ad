"""Errors that a run may tell the person who asked for it."""


class WorkFailed(Exception):
    """The job cannot be done; the message is for its owner and says what to do next."""


class NoSubject(WorkFailed):
    """An engine found nothing to keep in the picture; another one may."""
