"""Django's settings, from ``shangdun.toml`` and the home directory."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from shangdun import __version__
from shangdun.console.proxies import networks_of
from shangdun.console.secret import secret_key
from shangdun.kernel.config import home_directory, load_config
from shangdun.records.database import databases

HERE = Path(__file__).resolve().parent
HOME = home_directory()
CONFIG = load_config(HOME)
HTTPS = CONFIG.web.https
PROXIES = networks_of(CONFIG.web.proxies or ())
"""Whose ``X-Forwarded-For`` is believed (``middleware.presence``)."""

SECRET_KEY = secret_key(HOME)
VERSION = __version__
DEBUG = False
ALLOWED_HOSTS = CONFIG.web.hosts
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in CONFIG.web.hosts] if HTTPS else []

INSTALLED_APPS = [
    "shangdun.console",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "shangdun.records",
    "shangdun.actions",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "shangdun.console.middleware.headers.protect",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shangdun.console.door.Door",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "shangdun.console.middleware.language.speak",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "shangdun.console.middleware.errors.Explain",
    "shangdun.console.middleware.gate.Gate",
    "shangdun.console.middleware.presence.Presence",
]
ROOT_URLCONF = "shangdun.console.urls"
WSGI_APPLICATION = "shangdun.console.wsgi.application"
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
                "shangdun.console.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "shangdun.console.templatetags.shangdun"],
        },
    }
]
FORM_RENDERER = "shangdun.console.forms.renderer.Renderer"

DATABASES = databases(HOME, CONFIG.records)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by the web workers, because the limits on login attempts are counted here.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(HOME / "run" / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# People
AUTH_USER_MODEL = "records.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview"
ACCOUNT_ADAPTER = "shangdun.console.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
MFA_ADAPTER = "shangdun.console.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "ShangDun"
# A clock that is half a minute off still gets in; the same code never works twice.
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# Sessions and cookies
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_NAME = "__Host-shangdun" if HTTPS else "shangdun"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-shangdun-csrf" if HTTPS else "shangdun-csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = "shangdun-language"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Transport: `web.https` says that a TLS proxy stands in front; only then is its header believed.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
# The health check of a container or a load balancer comes by plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 << 20

# Language and time
USE_TZ = True
TIME_ZONE = CONFIG.web.time_zone
USE_I18N = True
LANGUAGE_CODE = CONFIG.web.language
LANGUAGES = [("zh-hans", _("Chinese (simplified)")), ("en", _("English"))]
LOCALE_PATHS = [HERE / "locale"]
FORMAT_MODULE_PATH = ["shangdun.console.formats"]

# Assets: built at set-up under names made of their content, so a browser may keep them for ever.
STATIC_URL = "/static/"
STATIC_ROOT = HERE / "static" / "dist"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "shangdun.console.assets.BuiltAssets"},
}
STATICFILES_FINDERS: list[str] = []
WHITENOISE_IMMUTABLE_FILE_TEST = r"-[0-9a-f]{10}\.\w+$"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"keys": {"()": "shangdun.console.secretpaths.WithoutKeys"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["keys"]}
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
