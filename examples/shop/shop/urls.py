"""Oscar's addresses, and the two things it lacks: asking for a refund, serving the pictures."""

import re

from django.apps import apps
from django.conf import settings
from django.urls import include, path, re_path
from django.views.static import serve

from shop.refunds import ask_refund

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/orders/<str:order_number>/refund/", ask_refund, name="ask-refund"),
    re_path(
        rf"^{re.escape(settings.MEDIA_URL.lstrip('/'))}(?P<path>.*)$",
        serve,
        {"document_root": settings.MEDIA_ROOT},
    ),
    path("", include(apps.get_app_config("oscar").urls[0])),
]
