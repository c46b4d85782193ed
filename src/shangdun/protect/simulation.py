"""Whom a decision would have turned away in the last day: visitors, orders, money.

What is asked of the lake is one statement of SQL over the events of the range; the answer's rows
come apart by their column ``part``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from shangdun.kernel.clock import to_millis
from shangdun.lake.query.ask import Question, request_of
from shangdun.lake.query.request import Request
from shangdun.lake.store import Lake
from shangdun.protect.decision import Measure, Scope
from shangdun.protect.target import Target, TargetKind

EXAMPLES = 5
MOST_ROWS = 20_000
"""Of one answer about many addresses."""
HOURS = 24

SILENT_KINDS = frozenset({TargetKind.NETWORK})
"""Kinds that no event names: what a decision about them would do cannot be counted."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that is being thought about."""

    target: Target
    measure: Measure
    scope: Scope = Scope()
    rate: int = 0


class Money(msgspec.Struct, frozen=True):
    """A sum in one currency (ISO 4217; empty where the shop does not say)."""

    currency: str
    amount: float


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One visitor whom the decision would have met."""

    address: str = ""
    account: str = ""
    requests: int = 0
    orders: int = 0
    last: int = 0
    """Milliseconds."""
    path: str = ""
    agent: str = ""


class Outcome(msgspec.Struct, kw_only=True):
    """What a decision would have done between ``since`` and ``until`` (ms)."""

    since: int
    until: int
    counted: bool = True
    """False: events do not say who is meant, so nothing could be counted."""
    requests: int = 0
    visitors: int = 0
    """Addresses."""
    sessions: int = 0
    accounts: int = 0
    orders: int = 0
    money: list[Money] = msgspec.field(default_factory=list)
    buyers: int = 0
    """Customers who ordered in this time."""
    buyers_of_all: int = 0
    """All customers who ordered in this time."""
    all_requests: int = 0
    over_rate: int = 0
    """Of a throttle: requests above the rate."""
    visitors_over: int = 0
    payers: int = 0
    """Recently paying customers (``protect.customers``) whom it would meet, now."""
    payers_of_all: int = 0
    examples: list[Example] = msgspec.field(default_factory=list)

    @property
    def share(self) -> float:
        """Of recently paying customers, 0 to 1; of the day's buyers where those are not known."""
        if self.payers_of_all:
            return self.payers / self.payers_of_all
        return self.buyers / self.buyers_of_all if self.buyers_of_all else 0.0


def request_for(lake: Lake, wish: Wish, since: datetime, until: datetime) -> Request:
    """What the search process is asked."""
    condition, named = _condition(wish.target)
    where, more = _place(wish.scope)
    minutes = _minutes(wish).format(condition=condition, place=where)
    statement = _STATEMENT.format(condition=condition, place=where, minutes=minutes)
    request = request_of(lake, Question(text="", since=since, until=until, limit=100, seconds=20.0))
    return msgspec.structs.replace(request, statement=statement, named=named | more)


def outcome_of(rows: Iterable[Mapping[str, Any]], request: Request) -> Outcome:
    """The figures in the answer's rows."""
    found = Outcome(since=request.since, until=request.until)
    for row in rows:
        match row.get("part"):
            case "all":
                for name in ("requests", "visitors", "sessions", "accounts"):
                    setattr(found, name, int(row.get(name) or 0))
            case "orders":
                found.orders += int(row.get("orders") or 0)
                if row.get("amount"):
                    amount = round(float(row["amount"]), 2)
                    found.money.append(Money(str(row.get("currency") or ""), amount))
            case "buyers":
                found.buyers = int(row.get("buyers") or 0)
                found.buyers_of_all = int(row.get("everybody") or 0)
                found.all_requests = int(row.get("requests") or 0)
            case "rate":
                found.over_rate = int(row.get("requests") or 0)
                found.visitors_over = int(row.get("visitors") or 0)
            case "example":
                found.examples.append(_example(row))
    return found


def nothing_counted(since: datetime, until: datetime) -> Outcome:
    """The outcome for a target of a kind that events do not name."""
    return Outcome(since=to_millis(since), until=to_millis(until), counted=False)


def request_for_addresses(
    lake: Lake, targets: Sequence[Target], since: datetime, until: datetime
) -> Request:
    """One question about many addresses and ranges, bounded to a few seconds.

    Answered by a row an address: ``by_target`` adds them up.
    """
    condition, named = _addresses(targets)
    request = request_of(
        lake, Question(text="", since=since, until=until, limit=MOST_ROWS, seconds=5.0)
    )
    statement = _BY_ADDRESS.format(condition=condition)
    return msgspec.structs.replace(request, statement=statement, named=named)


def by_target(
    rows: Iterable[Mapping[str, Any]], targets: Sequence[Target], request: Request
) -> dict[Target, Outcome]:
    """The figures of each target; in a range, who came from two addresses counts twice."""
    answers = {str(row["address"]): row for row in rows if row.get("address")}
    found = {}
    for one in targets:
        outcome = Outcome(since=request.since, until=request.until)
        if one.kind is TargetKind.ADDRESS:
            meant = [answers[one.value]] if one.value in answers else []
        else:
            meant = [row for text, row in answers.items() if one.covers(_address(text))]
        money: dict[str, float] = {}
        for row in meant:
            outcome.visitors += 1
            outcome.requests += int(row.get("requests") or 0)
            outcome.sessions += int(row.get("sessions") or 0)
            outcome.accounts += int(row.get("accounts") or 0)
            outcome.orders += int(row.get("orders") or 0)
            if row.get("amount"):
                currency = str(row.get("currency") or "")
                money[currency] = money.get(currency, 0.0) + float(row["amount"])
        outcome.money = [Money(currency, round(amount, 2)) for currency, amount in money.items()]
        found[one] = outcome
    return found


def _address(text: str) -> Target:
    return Target(TargetKind.ADDRESS, text)


def _example(row: Mapping[str, Any]) -> Example:
    return Example(
        address=str(row.get("address") or ""),
        account=str(row.get("account") or ""),
        requests=int(row.get("requests") or 0),
        orders=int(row.get("orders") or 0),
        last=int(row.get("last") or 0),
        path=str(row.get("path") or "")[:200],
        agent=str(row.get("agent") or "")[:200],
    )


_Named = dict[str, str | int | float | bool | list[str]]


def _condition(target: Target) -> tuple[str, _Named]:
    """Which events are of the target, and what the names in it stand for."""
    match target.kind:
        case TargetKind.ADDRESS | TargetKind.RANGE:
            return _addresses([target])
        case TargetKind.COUNTRY:
            return '"src_endpoint.location.country" = $whom', {"whom": target.value}
        case TargetKind.SESSION:
            return '"session.uid" = $whom', {"whom": target.value}
        case TargetKind.ACCOUNT:
            return _OR_ITS_SESSIONS.format(column='"user.name"'), {"whom": target.value}
        case TargetKind.DEVICE:
            return _OR_ITS_SESSIONS.format(column='"device.uid"'), {"whom": target.value}
        case _:
            return "FALSE", {}


def _addresses(targets: Sequence[Target]) -> tuple[str, _Named]:
    """Of many addresses and ranges: texts are compared once for each address that occurs."""
    singles = [one.value for one in targets if one.kind is TargetKind.ADDRESS]
    conditions = ['"src_endpoint.ip" IN (SELECT unnest($addresses))'] if singles else []
    ranges = [one.network for one in targets if one.kind is TargetKind.RANGE]
    parts = []
    for network in ranges:
        if network is None:
            continue
        if network.version == 4:
            first, last = int(network.network_address), int(network.broadcast_address)
            parts.append(f"({_NUMBER} BETWEEN {first} AND {last})")
        else:
            parts.append(f"(contains(ip, ':') AND in_network6(ip, '{network}'))")
    if parts:
        conditions.append(_WITHIN.format(condition=" OR ".join(parts)))
    named: _Named = {"addresses": singles} if singles else {}
    return f"({' OR '.join(conditions) or 'FALSE'})", named


def _place(scope: Scope) -> tuple[str, _Named]:
    """The condition that an event is inside the scope.

    The shop's own events name no path and stay in: who cannot reach a page may not order.
    """
    conditions, named = [], _Named()
    if scope.host:
        conditions.append('coalesce("http_request.url.hostname", $host) = $host')
        named["host"] = scope.host
    if route := scope.route.rstrip("/"):
        path = '"http_request.url.path"'
        conditions.append(
            f"({path} IS NULL OR {path} = $route OR starts_with({path}, $route || '/'))"
        )
        named["route"] = route
    return " AND ".join(conditions) or "TRUE", named


def _minutes(wish: Wish) -> str:
    if wish.measure is not Measure.THROTTLE or wish.rate <= 0:
        return ""
    return _RATE.replace("<rate>", str(int(wish.rate))).replace("<served>", _SERVED)


_NUMBER = (
    "(TRY_CAST(split_part(ip, '.', 1) AS BIGINT) * 16777216"
    " + TRY_CAST(split_part(ip, '.', 2) AS BIGINT) * 65536"
    " + TRY_CAST(split_part(ip, '.', 3) AS BIGINT) * 256"
    " + TRY_CAST(split_part(ip, '.', 4) AS BIGINT))"
)
_WITHIN = """"src_endpoint.ip" IN (
    SELECT ip FROM (SELECT DISTINCT "src_endpoint.ip" AS ip FROM events) WHERE {condition})"""

_OR_ITS_SESSIONS = """({column} = $whom OR "session.uid" IN (
    SELECT DISTINCT "session.uid" FROM events
    WHERE {column} = $whom AND "session.uid" IS NOT NULL))"""

_ORDERED = """(class_uid = 92006001 AND activity_id = 1
     OR class_uid = 92006002 AND activity_id IN (1, 2)) AND coalesce(status_id, 1) = 1"""

_SERVED = "class_uid = 4002 AND coalesce(action_id, 1) <> 2"
"""What was denied already nobody loses by another decision."""

_CUSTOMER = """coalesce("user.name", "user.uid", "card.fingerprint", "session.uid",
     "src_endpoint.ip")"""

_STATEMENT = f"""
WITH visits AS MATERIALIZED (
  SELECT "src_endpoint.ip" AS address, "session.uid" AS session, "user.name" AS account,
         count(*) FILTER (WHERE {_SERVED}) AS requests, max(time) AS last,
         any_value("http_request.url.path") AS path, any_value("http_request.user_agent") AS agent
  FROM events WHERE {{condition}} AND {{place}} GROUP BY ALL
), orders AS MATERIALIZED (
  SELECT coalesce("order.uid", source_file || source_offset) AS uid,
         any_value("src_endpoint.ip") AS address, any_value({_CUSTOMER}) AS customer,
         max(coalesce("order.total", "payment.amount")) AS amount,
         any_value(coalesce("order.currency", "payment.currency")) AS currency
  FROM events WHERE {{condition}} AND {{place}} AND {_ORDERED} GROUP BY 1
), visitors AS (
  SELECT v.address, any_value(v.account) AS account, sum(v.requests) AS requests,
         max(v.last) AS last, any_value(v.path) AS path, any_value(v.agent) AS agent,
         any_value(o.orders) AS orders
  FROM visits v
  LEFT JOIN (SELECT address, count(*) AS orders FROM orders GROUP BY 1) o USING (address)
  GROUP BY 1
)
SELECT 'all' AS part, sum(requests) AS requests, count(DISTINCT address) AS visitors,
       count(DISTINCT session) AS sessions, count(DISTINCT account) AS accounts FROM visits
UNION ALL BY NAME
SELECT 'orders' AS part, currency, count(*) AS orders, sum(amount) AS amount
FROM orders GROUP BY currency
UNION ALL BY NAME
SELECT 'buyers' AS part, (SELECT count(DISTINCT customer) FROM orders) AS buyers,
       count(DISTINCT {_CUSTOMER}) FILTER (WHERE {_ORDERED}) AS everybody,
       count(*) FILTER (WHERE {_SERVED}) AS requests FROM events
{{minutes}}
UNION ALL BY NAME
(SELECT 'example' AS part, address, account, requests, orders, last, path, agent FROM visitors
 ORDER BY orders DESC NULLS LAST, requests DESC LIMIT {EXAMPLES})
"""  # noqa: S608  conditions are ours, every value is bound by name

_RATE = """
UNION ALL BY NAME
SELECT 'rate' AS part, sum(greatest(n - <rate>, 0)) AS requests,
       count(DISTINCT address) FILTER (WHERE n > <rate>) AS visitors
FROM (SELECT "src_endpoint.ip" AS address, time // 60000 AS minute, count(*) AS n FROM events
      WHERE {condition} AND {place} AND <served> GROUP BY ALL)
"""

_BY_ADDRESS = f"""
SELECT "src_endpoint.ip" AS address, count(*) FILTER (WHERE {_SERVED}) AS requests,
       count(DISTINCT "session.uid") AS sessions, count(DISTINCT "user.name") AS accounts,
       count(DISTINCT "order.uid") FILTER (WHERE {_ORDERED}) AS orders,
       sum("order.total") FILTER (WHERE {_ORDERED} AND class_uid = 92006001) AS amount,
       any_value("order.currency") AS currency
FROM events WHERE {{condition}} GROUP BY 1 ORDER BY requests DESC
"""  # noqa: S608  as above
