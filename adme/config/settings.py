"""All settings, read once from the environment. A wrong one is refused at start, with the remedy.

docs/manual/operator/settings.md describes each; a test holds the two together.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

import adme


class Env(environ.Env):  # type: ignore[misc]  # the library has no types
    """Readers that refuse nonsense, where the library would take it for "no" or break off without a name."""

    def bool(self, var: str, default: Any = environ.Env.NOTSET) -> bool:
        text = os.environ.get(var, "").strip().lower()
        if text not in ("", "0", "1", "no", "yes", "false", "true", "off", "on"):
            raise ImproperlyConfigured(f"{var} is {text!r}; it takes 1 or 0.")
        return bool(default) if not text else text in ("1", "yes", "true", "on")

    def int(self, var: str, default: Any = environ.Env.NOTSET) -> int:
        text = os.environ.get(var, "").strip()
        if not text:
            return int(default)
        if not text.isascii() or not text.isdigit():
            raise ImproperlyConfigured(f"{var} is {text!r}; it takes a whole number.")
        return int(text)


env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
ADME_HOME = Path(env.str("ADME_HOME", default=str(BASE_DIR / "var"))).resolve()
"""Everything this installation writes: the SQLite file, received files, frozen releases."""

TESTING = env.bool("ADME_TESTING", default=False)
DEBUG = env.bool("ADME_DEBUG", default=False)
DEMO = env.bool("ADME_DEMO", default=False)


def _secret(name: str) -> str:
    """A secret from NAME or from the file that NAME_FILE points to; "" where neither is set."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, "")


def _secret_key() -> str:
    given = _secret("ADME_SECRET_KEY")
    kept = ADME_HOME / "secret.key"
    if not given and kept.exists():
        given = kept.read_text(encoding="utf-8").strip()
    return given or ("for-tests-and-demo-only" if TESTING or DEMO or DEBUG else "")


SECRET_KEY = _secret_key()
"""Empty where nobody has set one: `adme check` says so, and neither `adme serve` nor the WSGI application starts."""

ALLOWED_HOSTS = env.list("ADME_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("ADME_ORIGINS", default=[])
SITE_ADDRESS = env.str("ADME_SITE_ADDRESS", default="http://localhost:8000")
"""Public address of this installation, without a slash at the end; used in feeds, citations and mail."""
SITE_NAME = env.str("ADME_SITE_NAME", default="ADME")
SITE_LINE = env.str("ADME_SITE_LINE", default="Statistics and monitoring for the ASEAN Socio-Cultural Community")
"""A few words under the name: what this is."""

SECURE = env.bool("ADME_HTTPS", default=False)
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # monitoring asks the web server itself, behind the proxy
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
BEHIND_PROXY = env.bool("ADME_BEHIND_PROXY", default=False)
"""Whether one proxy of ours stands in front; only then are X-Forwarded-For and X-Forwarded-Proto believed."""
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "adme.accounts.refusals.forged_form"
if SECURE:
    # The prefix makes browsers refuse a cookie of this name that a neighbouring host set.
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
# Session only: a message kept in a cookie would leave the page looking the same to a cache (Vary).
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "adme.lib.page",
    "adme.accounts",
    "adme.structures",
    "adme.indicators",
    "adme.observations",
    "adme.releases",
    "adme.quality",
    "adme.collection",
    "adme.frameworks",
    "adme.portal",
    "adme.sdmx",
    "adme.registry",
    "adme.config",
]

MIDDLEWARE = [
    "adme.config.logs.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "adme.config.compression.Compression",
    "adme.config.conditional.ConditionalGet",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "adme.releases.middleware.OneInstant",  # all queries of one page read one public state
    "adme.accounts.gate.RouteGate",
]

ROOT_URLCONF = "adme.config.urls"
WSGI_APPLICATION = "adme.config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "adme.accounts.gate.shell",
            ],
        },
    },
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- database -------------------------------------------------------------------------------------

_database = env.db_url("DATABASE_URL", default=f"sqlite:///{ADME_HOME / 'adme.sqlite3'}")
if not _database.get("ENGINE", "").endswith(("sqlite3", "postgresql")):
    raise ImproperlyConfigured("DATABASE_URL takes sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME.")
if "sqlite" in _database["ENGINE"]:
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: NORMAL loses acknowledged approvals in a power cut (see docs/decisions).
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            # temp_store stays at its default: in memory, the pages that savepoints keep made a large load five times
            # slower and took hundreds of megabytes (see docs/decisions/0105).
            "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;"
        ),
    }
else:
    _database["CONN_HEALTH_CHECKS"] = True
    _database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)  # seconds; a page says 503 soon, not late
# Kept between requests: opening one takes SQLite 2 ms and PostgreSQL 5, as long as a small answer.
_database["CONN_MAX_AGE"] = 600
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "collection:my-work"
LOGOUT_REDIRECT_URL = "portal:home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

PASSWORD_RESET_TIMEOUT = 60 * 60 * 24  # seconds; invitations too

EMAIL_CONFIG = env.email_url("ADME_MAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env.str("ADME_MAIL_FROM", default="adme@localhost")

# --- words ----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
TIME_ZONE = env.str("ADME_TIME_ZONE", default="Asia/Jakarta")
try:
    ZoneInfo(TIME_ZONE)
except (ZoneInfoNotFoundError, ValueError):
    raise ImproperlyConfigured(f"ADME_TIME_ZONE is {TIME_ZONE!r}; it takes a name such as Asia/Jakarta.") from None
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "adme" / "locale"]

# --- files ----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = ADME_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
RECEIVED_DIR = ADME_HOME / "received"
"""Files as they came in, named by their hash. Never served by a web server directly."""
FROZEN_DIR = ADME_HOME / "frozen"
"""Published releases as Parquet, one folder per dataflow and release. Served only past the permission check."""
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_242_880
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
MAX_UPLOAD_BYTES = env.int("ADME_MAX_UPLOAD_MB", default=200) * 1_000_000

# --- background work ------------------------------------------------------------------------------

TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend" if TESTING else "django_tasks_db.DatabaseBackend"
    }
}

# --- time and chance, fixed only for tests ----------------------------------------------------------

ADME_FIXED_CLOCK: dt.datetime | None = None
ADME_SEED: int | None = None
if os.environ.get("ADME_CLOCK") or os.environ.get("ADME_SEED"):
    if not TESTING:
        raise ImproperlyConfigured("ADME_CLOCK and ADME_SEED are for tests only: unset them, or set ADME_TESTING=1.")
    if os.environ.get("ADME_CLOCK"):
        ADME_FIXED_CLOCK = dt.datetime.fromisoformat(os.environ["ADME_CLOCK"])
        if ADME_FIXED_CLOCK.tzinfo is None:
            raise ImproperlyConfigured("ADME_CLOCK needs a time zone, as in 2026-11-23T09:00:00+00:00.")
    if os.environ.get("ADME_SEED"):
        ADME_SEED = env.int("ADME_SEED")

VERSION = adme.__version__

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"key_values": {"()": "adme.config.logs.KeyValues"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "key_values"}},
    # A refused request is no event of ours, and its address may say what nobody else should know.
    "loggers": {"django.request": {"level": "ERROR"}},
    "root": {"handlers": ["stderr"], "level": env.str("ADME_LOG_LEVEL", default="WARNING")},
}
