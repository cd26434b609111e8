from django.apps import AppConfig
from django.core import checks


class ObservationsConfig(AppConfig):
    name = "adme.observations"

    def ready(self) -> None:
        from adme.observations.checks import check_store

        checks.register(check_store, checks.Tags.database)
