"""Django's settings, from ``shangdun.toml`` and the home directory."""

from __future__ import annotations

import secrets

from shangdun.kernel.config import home_directory, load_config
from shangdun.records.database import databases

HOME = home_directory()
CONFIG = load_config(HOME)

SECRET_KEY = secrets.token_urlsafe(48)
ALLOWED_HOSTS = CONFIG.web.hosts
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "shangdun.records",
    "shangdun.actions",
]
DATABASES = databases(HOME, CONFIG.records)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "records.User"
USE_TZ = True
TIME_ZONE = CONFIG.web.time_zone
USE_I18N = True
LANGUAGE_CODE = CONFIG.web.language
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
