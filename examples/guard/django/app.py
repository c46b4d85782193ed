"""A Django shop behind the guard: `pip install django shangdun-guard`, `python app.py runserver`.

Where ShangDun is, and how it is reached, stands in the environment: SHANGDUN_GUARD_URL, _KEY,
_SOURCE, _TOKEN. Without any of it requests are inspected all the same.
"""

import sys

from django.conf import settings

settings.configure(
    SECRET_KEY="only for this example",
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["shangdun_guard.django.GuardMiddleware"],  # the first one
    SHANGDUN_GUARD={"routes": {"/": "block", "/support": "observe"}},
)

import django  # noqa: E402  settings stand above
from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils.html import escape  # noqa: E402

from shangdun_guard.django import guard  # noqa: E402

django.setup()


def home(request):
    return HttpResponse(f"<h1>Tea</h1><p>Nothing found for {escape(request.GET.get('q'))}</p>")


def order(request):
    total = float(request.POST["total"])
    told = guard().event("order.created", order={"uid": "10017", "total": total})
    return JsonResponse({"ordered": total, "told": told})


def support(request):
    return JsonResponse({"received": len(request.POST["text"])})


def upload(request):
    return JsonResponse({"bytes": len(request.read())})


urlpatterns = [
    path("", home),
    path("order", order),
    path("support", support),
    path("upload", upload),
]
application = get_wsgi_application()
asgi = get_asgi_application()

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
