"""Attacks by volume or breadth: scanners, scrapers, enumeration, floods."""

from __future__ import annotations

from dataclasses import replace

from crowd import events
from crowd.catalogue import PRODUCTS, SHELVES
from crowd.people import VICTIMS
from crowd.shoppers import log_in
from crowd.step import Steps, Visit

_PROBES = (
    "/.env", "/.git/config", "/.git/HEAD", "/wp-login.php", "/wp-admin/setup-config.php",
    "/xmlrpc.php", "/phpmyadmin/index.php", "/pma/", "/adminer.php", "/server-status",
    "/actuator/env", "/actuator/heapdump", "/.aws/credentials", "/backup.zip", "/db.sql",
    "/dump.sql.gz", "/config.php.bak", "/web.config", "/.DS_Store", "/.svn/entries",
    "/console/", "/solr/admin/info/system", "/jenkins/login", "/manager/html", "/druid/index.html",
    "/nacos/v1/auth/users?pageNo=1&pageSize=9", "/v2/_catalog", "/owa/auth/logon.aspx",
    "/cgi-bin/test-cgi", "/phpinfo.php", "/info.php", "/test.php", "/admin/config.php",
    "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/HNAP1/", "/boaform/admin/formLogin",
    "/api/swagger.json", "/swagger-ui.html", "/.vscode/sftp.json", "/id_rsa", "/.ssh/id_rsa",
    "/old/", "/bak/", "/www.rar", "/shop.tar.gz", "/composer.json", "/package.json", "/Dockerfile",
)  # fmt: skip


def vulnerability_scanning(visit: Visit) -> Steps:
    """A list of well-known files and panels, asked for one by one."""
    probes = visit.rng.sample(_PROBES, visit.rng.randint(35, len(_PROBES)))
    for target in probes:
        yield visit.raw("GET", target, "missing", after=visit.rng.uniform(0.3, 1.2), status=404)
    for target in ("/catalogue/?id=1%27", "/search/?q=%3Cscript%3Ealert(1)%3C/script%3E"):
        yield visit.raw("GET", target, "search", after=1)


def scraping(visit: Visit) -> Steps:
    """The whole catalogue, with its reviews, without pictures, baskets or pauses."""
    for shelf in SHELVES:
        for page in range(1, 4):
            pause = visit.rng.uniform(0.15, 0.5)
            yield visit.get(shelf.path, "listing", after=pause, page=page)
    for product in PRODUCTS:
        for path in (product.path, f"{product.path}reviews/"):
            yield visit.get(path, "product", after=visit.rng.uniform(0.15, 0.5))


def order_enumeration(visit: Visit) -> Steps:
    """Own account, other people's order numbers, one up each time."""
    snoop = visit.rng.choice(VICTIMS)
    visit.logged_in.append(snoop)
    yield from log_in(visit, snoop)
    first = 100_000 + visit.rng.randint(1, 400_000)
    for number in range(first, first + visit.rng.randint(40, 90)):
        yield visit.get(
            f"/accounts/orders/{number}/",
            "missing",
            after=visit.rng.uniform(0.4, 1.5),
            status=404,
            events=(events.order_viewed(visit, str(number), events.FAILURE),),
        )


def request_flood(visit: Visit) -> Steps:
    """One dear page as fast as one client can ask for it."""
    for n in range(visit.rng.randint(2_200, 3_200)):
        status = 200 if n < 300 else visit.rng.choice((200, 503, 503))
        target = f"/search/?q={visit.rng.randint(0, 0xFFFFFF):x}"
        kind = "search" if status == 200 else "refused"
        after = visit.rng.uniform(0.005, 0.03)
        step = visit.raw("GET", target, kind, after=after, status=status)
        yield replace(
            step, took=round(step.took / 20, 3)
        )  # many connections: none waits for another
