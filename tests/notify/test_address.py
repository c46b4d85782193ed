"""Addresses of channels: made of what services show, and never shown with their secrets."""

from __future__ import annotations

import pytest

from shangdun.kernel.errors import UsageError
from shangdun.notify.address import addressed, check_address, secrets_in
from shangdun.notify.services import (
    dingtalk_address,
    email_address,
    feishu_address,
    webhook_address,
    wecom_address,
)

DING = "https://oapi.dingtalk.com/robot/send?access_token=abcdef0123456789abcdef"
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/0f1e2d3c-1111-2222-3333-444455556666"
LARK = "https://open.larksuite.com/open-apis/bot/v2/hook/0f1e2d3c-1111-2222-3333-444455556666"


@pytest.mark.parametrize(
    ("url", "scheme", "secret"),
    [
        (dingtalk_address(DING, "SECabcdefgh"), "dingtalk", "abcdef0123456789"),
        (dingtalk_address("abcdef0123456789abcdef"), "dingtalk", "abcdef0123456789"),
        (wecom_address(WECOM), "wecombot", "0ec2sifa5aaa"),
        (feishu_address(FEISHU), "feishu", "444455556666"),
        (feishu_address(LARK), "lark", "444455556666"),
        (webhook_address("https://u:verysecret@example.com/hook"), "jsons", "verysecret"),
        (
            email_address(
                host="smtp.qq.com", port=465, security="ssl", sender="a@b.cn",
                user="a@b.cn", password="p@ss/wör:d?&=#%", to="c@d.cn, e@f.cn",
            ),
            "mailtos", "ss/w",
        ),
    ],
)  # fmt: skip
def test_what_services_show_becomes_an_address(url, scheme, secret):
    address = check_address(url)
    assert address.scheme == scheme
    assert secret not in address.shown


def test_a_password_of_any_characters_arrives_whole():
    from apprise import Apprise  # noqa: PLC0415  slow to load

    password = "p@ss/wör:d?&=#%+ x"
    url = email_address(
        host="smtp.qq.com", port=465, security="ssl", sender="a@b.cn", user="a@b.cn",
        password=password, to="c@d.cn",
    )  # fmt: skip
    made = Apprise.instantiate(url)
    assert made.password == password
    assert made.user == "a@b.cn"
    assert [one[1] for one in made.targets] == ["c@d.cn"]


def test_each_person_s_own_address():
    from apprise import Apprise  # noqa: PLC0415  slow to load

    url = email_address(host="smtp.qq.com", port=587, security="starttls", sender="a@b.cn")
    made = Apprise.instantiate(addressed(url, "x+y&to=evil@e.cn"[:4] + "@d.cn"))
    assert [one[1] for one in made.targets] == ["x+y&@d.cn"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "channel.address"),
        ("nothing", "channel.address"),
        ("foo://bar", "channel.address"),
        ("json://a b", "channel.address"),
        ("json://a\r\nX: y", "channel.address"),
        ("dingtalk://", "channel.address"),
        ("json://" + "a" * 3000, "channel.address"),
        ("syslog://", "channel.local"),
        ("dbus://", "channel.local"),
        ("mailto://u:p@example.com?pgp=yes&pgpkey=/etc/passwd", "channel.local"),
        ("fcm://p@k/d?keyfile=/etc/shadow", "channel.local"),
    ],
)
def test_what_is_refused(url, code):
    with pytest.raises(UsageError) as failed:
        check_address(url)
    assert failed.value.code == code


@pytest.mark.parametrize(
    "make",
    [
        lambda: dingtalk_address("https://evil.example/robot"),
        lambda: wecom_address("a/../b"),
        lambda: feishu_address("x@y"),
        lambda: webhook_address("file:///etc/passwd"),
        lambda: email_address(host="", port=1, security="ssl", sender="a@b.cn"),
    ],
)
def test_what_is_no_robot(make):
    with pytest.raises(UsageError):
        make()


def test_secrets_are_what_is_not_shown():
    url = "jsons://user:verysecret@example.com/hook?token=abcdefgh"
    found = secrets_in(url, check_address(url).shown)
    assert {"verysecret", "abcdefgh"} <= set(found)
    assert "example.com" not in found
