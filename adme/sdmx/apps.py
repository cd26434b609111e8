from django.apps import AppConfig


class SdmxConfig(AppConfig):
    name = "adme.sdmx"
