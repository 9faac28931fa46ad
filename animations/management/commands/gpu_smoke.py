"""Call each GPU task once against the endpoint in the settings: `manage.py gpu_smoke`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from animations.management.local_gpu import reachable_endpoint
from animations.work.gpu import smoke


class Command(BaseCommand):
    """Print the times of one call of each task."""

    help = (
        "Calls each GPU task once and prints delay, execution, total, cost and what came back. "
        "Fails when something that the endpoint can run has failed."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        """Make the calls, print a table, and fail when a call has failed."""
        with reachable_endpoint():
            self.stdout.write(f"{settings.RUNPOD_BASE_URL}/{settings.RUNPOD_ENDPOINT_ID}")
            outcomes = smoke.run()
        self.stdout.write(f"{'task':10} {'delay ms':>9} {'run ms':>9} {'total ms':>9} {'cost $':>9}  what came back")
        for each in outcomes:
            times = f"{each.delay_ms:9} {each.execution_ms:9} {each.total_ms:9} {each.cost_usd:9.6f}"
            self.stdout.write(f"{each.task:10} {times}  {'FAILED: ' if each.failed else ''}{each.message}")
        if failed := [each.task for each in outcomes if each.failed]:
            raise CommandError(f"Failed: {', '.join(failed)}.")
