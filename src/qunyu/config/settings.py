"""Django settings; every choice of a deployment comes from `environment`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

from django.contrib.messages import constants as message_levels

from qunyu.config.environment import read_environment

ENVIRONMENT = read_environment()
QUNYU_DATA = ENVIRONMENT.data
QUNYU_AUDIT_HEADS = ENVIRONMENT.audit_heads
QUNYU_ZONE = ZoneInfo(ENVIRONMENT.zone)

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "qunyu.config.urls"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "qunyu.kernel",
    "qunyu.jobs",
    "qunyu.events",
    "qunyu.people",
    "qunyu.insights",
    "qunyu.communities",
    "qunyu.members",
    "qunyu.commerce",
    "qunyu.privacy",
    "qunyu.satisfaction",
    "qunyu.loyalty",
    "qunyu.care",
    "qunyu.segments",
    "qunyu.prospects",
    "qunyu.offers",
    "qunyu.flows",
    "qunyu.reports",
    "qunyu.console",
    "qunyu.h5",
    "qunyu.api",
    "ninja",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "qunyu.console.middleware.headers",
    "qunyu.console.middleware.ask_once",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "qunyu.console.middleware.keep_sessions",
    "qunyu.console.middleware.speak",
    "qunyu.console.middleware.limit_uploads",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "qunyu.console.middleware.Doorkeeper",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "qunyu.console.navigation.context",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "qunyu.console.templatetags.showing",
            ],
        },
    }
]
WSGI_APPLICATION = "qunyu.config.wsgi.application"

DATABASES = {"default": ENVIRONMENT.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Staff"

# How long a password is, is a rule of the deployment: people.sign_in_rules.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "console:sign_in"
LOGIN_REDIRECT_URL = "console:home"

# Without HTTPS in front (a trial on one's own machine) a browser would not send back cookies marked secure.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.https else 0
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "qunyu_session", "qunyu_csrf"
# Whoever is signed in goes by the deployment's sign-in rules instead.
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_REFERRER_POLICY = "same-origin"
# What Tabler calls an error.
MESSAGE_TAGS = {message_levels.ERROR: "danger"}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

QUNYU_OIDC = asdict(ENVIRONMENT.oidc) if ENVIRONMENT.oidc else None

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "qunyu.console.versions.VersionedFiles"},
}
# Files are served as they lie in the packages: nobody has to collect them before a start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 31_536_000

# An upload is streamed to disk; `uploads` lies where the imports are kept, so that moving it there costs nothing.
QUNYU_UPLOAD_LIMIT = ENVIRONMENT.upload_limit
FILE_UPLOAD_TEMP_DIR = QUNYU_DATA / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parents[1] / "locale"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
