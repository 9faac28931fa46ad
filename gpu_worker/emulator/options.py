"""The options of an endpoint: the settings of RunPod's console, and those that stand for its hardware."""

from __future__ import annotations

from dataclasses import dataclass, field

from gpu_worker.emulator.scaler import QueueDelay, Scaler


@dataclass(frozen=True, slots=True)
class Options:
    """Times in seconds, price in dollars per second of a worker."""

    min_workers: int = 1
    """"Active" workers: always there, idle or not."""
    max_workers: int = 1
    scaler: Scaler = field(default_factory=QueueDelay)
    cold_start: float = 0.0
    """From asking for a worker to its first job, at least: a process that takes longer to load takes longer."""
    idle_timeout: float = 5.0
    throttled: int = 0
    """Workers of the most for which there is no hardware."""
    price: float = 0.00031
    handler: str = "gpu_worker.handler"
    stop_grace: float = 10.0
    """A worker that does not stop a job that was cancelled or timed out is ended after this."""
    webhook_pause: float = 10.0
    webhook_base: str = ""
    """The beginning that the address of a webhook must have; without it, webhooks go to this machine alone."""
    longest_rest: float = 30.0
    """The longest backoff of a slot whose workers die one after another; it begins with half a second and doubles."""

    def __post_init__(self) -> None:
        if not 0 <= self.min_workers <= self.max_workers:
            raise ValueError("the least number of workers must be between 0 and the most")
