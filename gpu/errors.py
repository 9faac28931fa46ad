"""The errors between us and a GPU endpoint.

    GpuError
    ├── EndpointError            the endpoint gave no usable answer; says nothing about the job
    │   ├── TransportError       not reached, 5xx or nonsense, several times in a row
    │   │   └── NotConnected     the request has not reached it
    │   ├── RateLimited          429, several times in a row
    │   ├── Unauthorized         401 or 403: the API key is wrong or may not use this endpoint
    │   ├── EndpointMissing      404: there is no endpoint of this name
    │   ├── EndpointDown         not asked: the breaker is open (`gpu.call.breaker`)
    │   ├── NeverStarted         it has a job in its queue, and has begun and ended none for too long
    │   └── RequestRefused       any other answer to a well-formed question
    │       └── RequestTooLarge  over the body limit; found here before anything is sent, or said by the endpoint
    ├── CallNotAllowed           our own ledger refuses the call (a limit of the app's); nothing was sent
    ├── SendUncertain            sent, and no answer that says whether it was queued
    └── JobError                 the job itself; carries the remote id
        ├── JobFailed            the worker said no: `code` and `message` are its own
        │   ├── JobTooLarge      `too_large`: it takes fewer or smaller images at once
        │   └── WorkerCrashed    it broke, and said nothing that the wire knows
        ├── JobTimedOut          the endpoint stopped it (RunPod's executionTimeout)
        ├── JobCancelled         somebody cancelled it
        ├── JobNotFound          the endpoint does not know it, now; it may know it again (`gpu.call.poll`)
        ├── JobExpired           the endpoint need not know it any more (RunPod's retention)
        ├── JobLost              the endpoint should know it, and has not for a stated wait; cancelled by us
        ├── OutputLost           COMPLETED without an output: the result was over the size limit
        ├── BadOutput            COMPLETED with something that the wire does not promise
        └── DeadlineExceeded     not done within our own deadline after its start; cancelled by us

Every error has a `code` for rows and a `message` for people. No message holds the API key or a traceback.
An `EndpointError` met while a job is waited for leaves the job as it is: it can be resumed.
"""

from __future__ import annotations


class GpuError(Exception):
    """The root. `code` is a stable word, `message` a sentence a person can read."""

    code = "gpu_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class EndpointError(GpuError):
    code = "endpoint_error"


class TransportError(EndpointError):
    code = "unreachable"


class NotConnected(TransportError):
    pass


class RateLimited(EndpointError):
    """`retry_after` is the endpoint's own `Retry-After` in seconds, 0.0 when it named none."""

    code = "rate_limited"

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unauthorized(EndpointError):
    code = "unauthorized"


class EndpointMissing(EndpointError):
    code = "endpoint_missing"


class EndpointDown(EndpointError):
    """`retry_after`: seconds until a call may be tried. `on_trial`: one is being tried now, whose end decides.

    `cause`: the code of the error that has opened the breaker.
    """

    code = "endpoint_down"

    def __init__(self, message: str, retry_after: float = 0.0, *, on_trial: bool = False, cause: str = "") -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.on_trial = on_trial
        self.cause = cause


class NeverStarted(EndpointError):
    """`worked_at`: when a job was last seen to begin or end there, or else this one was sent (Unix time)."""

    code = "never_started"

    def __init__(self, message: str, worked_at: float = 0.0) -> None:
        super().__init__(message)
        self.worked_at = worked_at


class RequestRefused(EndpointError):
    code = "refused"


class RequestTooLarge(RequestRefused):
    code = "too_large"


class CallNotAllowed(GpuError):
    code = "not_allowed"


class SendUncertain(GpuError):
    code = "send_uncertain"


class JobError(GpuError):
    """`remote_id` is the job's id at the endpoint."""

    code = "job_error"

    def __init__(self, message: str, remote_id: str = "") -> None:
        super().__init__(message)
        self.remote_id = remote_id


class JobFailed(JobError):
    """The worker refused or broke. `code` is the worker's (`bad_image`, `model_unavailable`, … or `internal`)."""

    def __init__(self, code: str, message: str, remote_id: str = "") -> None:
        super().__init__(message, remote_id)
        self.code = code


class JobTooLarge(JobFailed):
    pass


class WorkerCrashed(JobFailed):
    pass


class JobTimedOut(JobError):
    code = "timed_out"


class JobCancelled(JobError):
    code = "cancelled"


class JobNotFound(JobError):
    code = "not_found"


class JobExpired(JobError):
    code = "expired"


class JobLost(JobError):
    code = "lost"


class OutputLost(JobError):
    code = "output_lost"


class BadOutput(JobError):
    code = "bad_output"


class DeadlineExceeded(JobError):
    code = "deadline_exceeded"
