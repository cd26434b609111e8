from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "adme.collection"

    def ready(self) -> None:
        from adme.collection.offering import approved_rows
        from adme.releases import approved

        approved.offer(approved_rows)
