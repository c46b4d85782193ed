"""Twenty requests through the inspector, for whichever Python runs this; prints what it found."""

from __future__ import annotations

import sys

from shangdun_guard.inspector import Inspector
from shangdun_guard.inspector.registry import all_sinks
from shangdun_guard.request import parse_request

ATTACKS = (
    b"GET /?a=b%0d%0aSet-Cookie:%20s=1 HTTP/1.1\r\nHost: h\r\n\r\n",
    b"GET /?id=1'%20union%20select%20password%20from%20users--%20 HTTP/1.1\r\nHost: h\r\n\r\n",
    b"GET /?q=%3Cscript%3Ealert(document.cookie)%3C/script%3E HTTP/1.1\r\nHost: h\r\n\r\n",
    b"GET /?f=../../../../etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{\"a\": \"1' or '1'='1\"}",
    b"POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
)
HONEST = tuple(
    b"GET /catalogue/shoes_%d/?page=%d&q=red+shoes HTTP/1.1\r\nHost: shop.example\r\n"
    b"Cookie: sessionid=%032x\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\r\n"
    % (number, number, number * 7919**6)
    for number in range(14)
)

if __name__ == "__main__":
    inspector = Inspector()
    found = [inspector.inspect(parse_request(raw)).attack for raw in ATTACKS + HONEST]
    print(
        sys.version_info[:2],
        len(all_sinks()),
        sum(found[: len(ATTACKS)]),
        sum(found[len(ATTACKS) :]),
    )
