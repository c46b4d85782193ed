"""Messages through real servers: mail, HTTP in every mood, and none that holds up another."""

from __future__ import annotations

import time

import pytest

from shangdun.actions.messages.progress import due
from shangdun.notify.failure import Cause, read_failure
from shangdun.records.acknowledging import acknowledge_token
from shangdun.records.models import Channel, Delivery
from shangdun.respond.groups import Group

from .conftest import NOW, channel, courier, minutes, person, say, until
from .servers import Hook, http_server, mail_server

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # of the mail server, which is asked for passwords without encryption here
    pytest.mark.filterwarnings("ignore:Requiring AUTH", "ignore:Session.login_data"),
]


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def test_a_message_arrives_by_mail_and_webhook_in_its_languages(clock, incident):
    hook = Hook()
    with mail_server("secret pw") as (box, port), http_server(hook=hook) as web:
        mail = f"mailto://soc:secret%20pw@127.0.0.1:{port}?from=soc@shop.cn&to=cio@shop.cn"
        channel("mail", mail, language="both")
        channel("hook", f"json://127.0.0.1:{web}/hook", language="en")
        message = say(incident, "a", data={"what": "500 rows on a forum"})
        with courier(clock):
            until(lambda: states() == ["sent", "sent"])
    [(receivers, letter)] = box.mails
    text = letter.get_body(("plain", "html")).get_content()
    assert receivers == ["cio@shop.cn"]
    assert "【商盾】事件报告 #7" in letter["subject"]
    assert "Orders leak" in letter["subject"]
    assert "数据泄露" in text
    assert "Data breach" in text
    assert "500 rows on a forum" in text
    delivery = message.deliveries.get(channel__name="hook")
    assert hook.got[0]["title"] == "[ShangDun] Incident reported #7: Orders leak"
    assert f"/m/{acknowledge_token(delivery)}/" in hook.got[0]["message"]
    assert "/incidents/7/" in hook.got[0]["message"]


def test_a_drill_reaches_the_same_people_and_says_so(clock, drilled):
    hook = Hook()
    with http_server(hook=hook) as web:
        channel("hook", f"json://127.0.0.1:{web}/hook", language="both")
        say(drilled, "a")
        with courier(clock):
            until(lambda: states() == ["sent"])
    assert "【演练】" in hook.got[0]["title"]
    assert "[DRILL]" in hook.got[0]["title"]


def test_each_person_by_their_own_mail(clock, incident):
    with mail_server() as (box, port):
        channel("mail", f"mailto://127.0.0.1:{port}?from=soc@shop.cn&mode=insecure", each=True)
        person("cio", Group.LEADERSHIP, email="cio@shop.cn")
        person("dep", Group.LEADERSHIP, email="dep@shop.cn")
        person("law", Group.LEGAL, email="law@shop.cn")
        say(incident, "a", urgency="normal")
        with courier(clock):
            until(lambda: states() == ["sent", "sent"])
    assert sorted(receivers[0] for receivers, _ in box.mails) == ["cio@shop.cn", "dep@shop.cn"]


def test_services_that_hang_hold_nobody_up(clock, incident):
    good, bad = Hook(), Hook(seconds=30)
    with http_server(good=good, bad=bad) as web:
        for number in range(5):
            channel(f"bad {number}", f"json://127.0.0.1:{web}/bad?rto=60&cto=60&n={number}")
        last = channel("good", f"json://127.0.0.1:{web}/good")
        Channel.objects.exclude(pk=last.pk).update(failing_since=NOW)
        for number in range(3):
            say(incident, f"m{number}")
        with courier(clock, postmen=2, seconds=6):
            began = time.monotonic()
            until(lambda: len(good.got) == 3, 60)
            # in turn, the fifteen that hang would have taken 45 s
            assert time.monotonic() - began < 20
            until(lambda: Delivery.objects.filter(state="failed").exists())
        failed = Delivery.objects.filter(state="failed").first()
    assert read_failure(failed.error).cause is Cause.HUNG


def test_what_fails_is_tried_again_and_then_arrives(clock, incident):
    hook = Hook(status=503, body="overloaded")
    with http_server(hook=hook) as web:
        channel("hook", f"json://127.0.0.1:{web}/hook")
        say(incident, "a")
        with courier(clock, postmen=1):
            until(lambda: states() == ["failed"])
            delivery = Delivery.objects.get()
            assert read_failure(delivery.error).cause is Cause.SERVER
            assert "overloaded" in delivery.error
            assert NOW < delivery.next_at <= NOW + minutes(1)
            assert Channel.objects.get().failing_since == NOW
            hook.status = 200
            clock.move(minutes(1))
            until(lambda: states() == ["sent"])
    assert Channel.objects.get().failing_since is None
    assert len(hook.got) == 2


WHY = {
    "json://127.0.0.1:9/x": Cause.REFUSED,
    "json://no-such-name.invalid/x": Cause.NAME,
    "json://169.254.169.254/latest": Cause.FORBIDDEN,
    "json://[::ffff:169.254.169.254]/latest": Cause.FORBIDDEN,
    "mailto://u:topsecretpw@127.0.0.1:{mail}?from=a@b.cn&to=c@d.cn": Cause.CREDENTIALS,
    "mailto://127.0.0.1:{open}?from=a@b.cn&to=nobody@d.cn": Cause.RECIPIENT,
    "json://127.0.0.1:{web}/moved?redirect=yes": Cause.FORBIDDEN,
    "json://127.0.0.1:{web}/denied/topsecretpw": Cause.CREDENTIALS,
    "jsons://127.0.0.1:{web}/tls": Cause.TLS,
}


def test_why_it_fails_is_said_in_so_many_words(clock, incident):
    moved = Hook(status=307, location="http://169.254.169.254/latest/meta-data/")
    denied = Hook(status=403, body="no topsecretpw")
    with (
        mail_server("right") as (_, mail),
        mail_server() as (_, unlocked),
        http_server(moved=moved, denied=denied) as web,
    ):
        for address in WHY:
            channel(address, address.format(mail=mail, web=web, open=unlocked))
        say(incident, "a")
        with courier(clock, postmen=2):
            until(lambda: set(states()) == {"failed"}, 90)
    told = {
        row.channel.name: read_failure(row.error)
        for row in Delivery.objects.select_related("channel")
    }
    assert {name: failure.cause for name, failure in told.items()} == WHY
    assert not [failure for failure in told.values() if "topsecretpw" in failure.detail]


def test_an_urgent_one_goes_first(clock, incident):
    channel("x", "json://127.0.0.1:9/x")
    say(incident, "late", NOW - minutes(5), urgency="normal")
    urgent = say(incident, "urgent", NOW)
    assert due(NOW, (), failing=True).message == urgent
