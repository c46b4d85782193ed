"""Settings of the demonstration shop. SHOP_HOME is the folder its state lives in."""

import json
import os
from pathlib import Path

from oscar.defaults import *  # noqa: F403  this is how oscar wants to be configured

HERE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("SHOP_HOME", HERE.parent / ".home"))
LOGS = Path(os.environ.get("SHOP_LOGS", HOME))

SECRET_KEY = os.environ.get("SHOP_SECRET_KEY", "only-for-the-demonstration-on-loopback")
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "shop.example"]
ROOT_URLCONF = "shop.urls"
SITE_ID = 1

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.flatpages",
    "oscar.config.Shop",
    "oscar.apps.analytics.apps.AnalyticsConfig",
    "shop.checkout.apps.CheckoutConfig",  # ours: it takes payment
    "oscar.apps.address.apps.AddressConfig",
    "oscar.apps.shipping.apps.ShippingConfig",
    "oscar.apps.catalogue.apps.CatalogueConfig",
    "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
    "oscar.apps.communication.apps.CommunicationConfig",
    "oscar.apps.partner.apps.PartnerConfig",
    "oscar.apps.basket.apps.BasketConfig",
    "oscar.apps.payment.apps.PaymentConfig",
    "oscar.apps.offer.apps.OfferConfig",
    "oscar.apps.order.apps.OrderConfig",
    "oscar.apps.customer.apps.CustomerConfig",
    "oscar.apps.search.apps.SearchConfig",
    "oscar.apps.voucher.apps.VoucherConfig",
    "oscar.apps.wishlists.apps.WishlistsConfig",
    "oscar.apps.dashboard.apps.DashboardConfig",
    "oscar.apps.dashboard.reports.apps.ReportsDashboardConfig",
    "oscar.apps.dashboard.users.apps.UsersDashboardConfig",
    "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig",
    "oscar.apps.dashboard.catalogue.apps.CatalogueDashboardConfig",
    "oscar.apps.dashboard.offers.apps.OffersDashboardConfig",
    "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig",
    "oscar.apps.dashboard.pages.apps.PagesDashboardConfig",
    "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig",
    "oscar.apps.dashboard.reviews.apps.ReviewsDashboardConfig",
    "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
    "oscar.apps.dashboard.communications.apps.CommunicationsDashboardConfig",
    "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig",
    "widget_tweaks",
    "haystack",
    "treebeard",
    "django_tables2",
]

MIDDLEWARE = [
    "shop.access_log.AccessLog",  # stands where nginx stands in front of a real shop
    "shangdun_guard.django.GuardMiddleware",  # before anything of the shop
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
    "shangdun_events.BusinessEvents",  # after authentication: events know the account
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "shop.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
HAYSTACK_CONNECTIONS = {
    "default": {
        "ENGINE": "haystack.backends.whoosh_backend.WhooshEngine",
        "PATH": str(HOME / "search"),
    }
}
AUTHENTICATION_BACKENDS = ["oscar.apps.customer.auth_backends.EmailBackend"]
PASSWORD_HASHERS = ["shop.passwords.QuickHasher"]
LOGIN_REDIRECT_URL = "/"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = True
MEDIA_URL = "/media/"
MEDIA_ROOT = HOME / "media"
WHITENOISE_ROOT = HOME / "www"

OSCAR_SHOP_NAME = "山货集"
OSCAR_SHOP_TAGLINE = "演示商城"
OSCAR_DEFAULT_CURRENCY = "CNY"
OSCAR_DEFAULT_ORDER_STATUS = "Pending"
OSCAR_INITIAL_ORDER_STATUS = "Pending"
OSCAR_THUMBNAILER = "shop.pictures.AsTheyAre"
OSCAR_REQUIRED_ADDRESS_FIELDS = ("first_name", "last_name", "line1", "line4", "country")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "file": {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": LOGS / "shop.log",
            "maxBytes": 5_000_000,
            "backupCount": 1,
            "formatter": "plain",
            "delay": True,
        }
    },
    "root": {"handlers": ["file"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "ERROR"},  # pages not found stand in the access log
        "oscar.checkout": {"level": "ERROR"},  # declined cards stand in the business events
    },
}

# Where ShangDun is, and the keys to it: `shangdun up --demo` writes the file.
_CONNECTION = Path(os.environ.get("SHOP_GUARD", LOGS / "guard.json"))
_GUARDED = _CONNECTION.is_file()
SHANGDUN_GUARD = {
    **(json.loads(_CONNECTION.read_text("utf-8")) if _GUARDED else {}),
    "name": "demo-shop",
    "folder": HOME.parent / "guard",
    "trusted_proxies": ["127.0.0.1"],  # only this machine reaches the port: the crowd's own driver
    "set_client": True,
    "country_header": "X-Country-Code",
    "digest_key": "demo",  # the one of SHANGDUN_EVENTS, so that a session has one name
    "contact": "400-000-0000",
    "routes": {
        "/": "block" if _GUARDED else "observe",
        "/search": "challenge" if _GUARDED else "observe",
        "/dashboard": "observe",  # staff write HTML there
    },
}

# Where the two logs that ShangDun watches are written, and whom to believe about the client.
ACCESS_LOG = LOGS / "access.log"
SHANGDUN_EVENTS = {
    "path": LOGS / "shop-events.jsonl",
    "card_key": b"demo",  # a secret of your own in a real shop
    "country_header": "X-Country-Code",  # set by the CDN or by nginx's geoip2 module
}
