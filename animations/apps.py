from django.apps import AppConfig


class AnimationsConfig(AppConfig):
    name = "animations"
    verbose_name = "EmojiForge"

    def ready(self) -> None:
        from animations import checks  # noqa: F401, PLC0415  (checks register themselves once apps are ready)
