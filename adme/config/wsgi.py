"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adme.config.settings")

application = get_wsgi_application()

from adme.config.checks import refuse_without_secret_key  # noqa: E402 - needs the settings

refuse_without_secret_key()
