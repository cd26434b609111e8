from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "adme.frameworks"
