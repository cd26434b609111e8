from django.apps import AppConfig


class PageConfig(AppConfig):
    name = "adme.lib.page"
    label = "page"
