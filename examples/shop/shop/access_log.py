"""The access log as nginx writes it: `combined` with `$request_time` at its end."""

import logging
import time
from logging.handlers import WatchedFileHandler

from crowd.writer import escape, local_time
from django.conf import settings


class AccessLog:
    """Outermost middleware; sees static files too, as nginx does."""

    def __init__(self, get_response):
        self.get_response = get_response
        handler = WatchedFileHandler(settings.ACCESS_LOG, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(message)s"))
        self.log = logging.getLogger("access")
        self.log.setLevel(logging.INFO)
        self.log.propagate = False
        self.log.handlers = [handler]

    def __call__(self, request):
        started = time.monotonic()
        response = self.get_response(request)
        took = time.monotonic() - started
        meta = request.META
        target = meta.get("REQUEST_URI", request.get_full_path())
        size = "0" if response.streaming else str(len(response.content))
        self.log.info(
            '%s - - [%s] "%s" %s %s "%s" "%s" %.3f',
            meta["REMOTE_ADDR"],
            local_time(time.time()),
            escape(f"{meta['REQUEST_METHOD']} {target} {meta['SERVER_PROTOCOL']}"),
            response.status_code,
            response.get("Content-Length", size),
            escape(meta.get("HTTP_REFERER", "-")),
            escape(meta.get("HTTP_USER_AGENT", "-")),
            took,
        )
        return response
