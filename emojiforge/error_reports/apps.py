from django.apps import AppConfig

from emojiforge import error_reports


class ErrorReportsConfig(AppConfig):
    """Starts error reports in every process that sets Django up: web, workers, reconciler, commands."""

    name = "emojiforge.error_reports"

    def ready(self) -> None:
        error_reports.start()
