from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "adme.config"

    def ready(self) -> None:
        from adme.config import checks  # noqa: F401 - registers them
