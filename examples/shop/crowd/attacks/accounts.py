"""Attacks on accounts: of customers, of staff, and by staff."""

from __future__ import annotations

from crowd import events
from crowd.people import CUSTOMERS, STAFF, VICTIMS
from crowd.shoppers import change_address, log_in, login_form
from crowd.step import Step, Steps, Visit


def _failed_login(visit: Visit, email: str, password: str, *, after: float) -> Step:
    account = next((one for one in CUSTOMERS if one.email == email), None)
    form = login_form(CUSTOMERS[0], password) | {"login-username": email}
    return visit.post(
        "/accounts/login/",
        form,
        "form",
        after=after,
        status=200,
        events=(events.login(visit, account, events.FAILURE, name=email),),
    )


def _leaked_pairs(visit: Visit, count: int) -> list[tuple[str, str]]:
    """A leaked list: some addresses have an account here, hardly any password fits."""
    pairs = [
        (one.email, f"{one.email[:4]}123456") for one in visit.rng.sample(CUSTOMERS, count // 2)
    ]
    pairs += [
        (f"user{visit.rng.randint(1000, 99999)}@example.net", "qwerty") for _ in range(count // 2)
    ]
    visit.rng.shuffle(pairs)
    return pairs


def credential_stuffing(visit: Visit) -> Steps:
    """Pairs of a leak elsewhere, one try each; now and then one fits."""
    yield visit.get("/accounts/login/", "form", after=0)
    for email, password in _leaked_pairs(visit, visit.rng.randrange(40, 80, 2)):
        yield _failed_login(visit, email, password, after=visit.rng.uniform(0.8, 2.4))
    victim = visit.rng.choice(VICTIMS)
    yield from _succeed(visit, victim)


def _succeed(visit: Visit, victim: object) -> Steps:
    """The password fits: in, with a look at what is there to take."""
    visit.logged_in.append(victim)
    for step in log_in(visit, victim):
        if step.method == "POST":
            yield step
    yield visit.get("/accounts/profile/", "account", after=1.5)


def credential_cracking(visit: Visit) -> Steps:
    """Many passwords for one account."""
    victim = visit.rng.choice(VICTIMS)
    visit.logged_in.append(victim)
    yield visit.get("/accounts/login/", "form", after=0)
    for n in range(visit.rng.randint(30, 60)):
        guess = f"{victim.email.split('.')[0]}{1980 + n}"
        yield _failed_login(visit, victim.email, guess, after=visit.rng.uniform(0.7, 2.0))


def account_takeover(visit: Visit) -> Steps:
    """Some wrong passwords, the right one, and the parcels go elsewhere."""
    victim = visit.rng.choice(VICTIMS)
    yield visit.get("/accounts/login/", "form", after=0)
    for n in range(visit.rng.randint(7, 12)):
        yield _failed_login(
            visit, victim.email, f"{victim.password[:4]}{n}", after=visit.rng.uniform(3, 8)
        )
    yield from _succeed(visit, victim)
    yield from change_address(visit, victim, "代收点 快递柜 17 号", after=visit.rng.uniform(4, 9))


def admin_login_new_country(visit: Visit) -> Steps:
    """A member of staff logs in from a country nobody of the shop works in."""
    member = visit.rng.choice(STAFF)
    visit.logged_in.append(member)
    yield from log_in(visit, member)
    for _ in range(3):
        yield visit.get("/dashboard/orders/", "dashboard", after=visit.rng.uniform(3, 9))


def mass_export(visit: Visit) -> Steps:
    """Staff on the way out takes the customers along."""
    member = visit.rng.choice(STAFF)
    visit.logged_in.append(member)
    yield from log_in(visit, member)
    for kind in ("customers", "orders", "customers"):
        records = visit.rng.randint(8_000, 60_000)
        yield visit.get(
            f"/dashboard/{'users' if kind == 'customers' else 'orders'}/",
            "csv",
            after=visit.rng.uniform(8, 30),
            events=(events.exported(visit, kind, records),),
            response_format="csv",
        )
