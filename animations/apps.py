from django.apps import AppConfig


class AnimationsConfig(AppConfig):
    name = "animations"
    verbose_name = "EmojiForge"

    def ready(self) -> None:
        # Checks and receivers register themselves, once apps are ready.
        from animations import checks  # noqa: F401, PLC0415
        from animations.web.accounts import guests  # noqa: F401, PLC0415
