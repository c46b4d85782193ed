"""Attackers. `ATTACKS` lists every family with the generator that plays it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from crowd.attacks import accounts, bots, injections, money
from crowd.step import Steps, Visit


class Attack(NamedTuple):
    """A family of attacks: how it is played, with what client, and what it means to find it."""

    family: str
    title: str
    play: Callable[[Visit], Steps]
    agent: str = ""
    """Empty: the attacker pretends to be a browser."""
    real: bool = True
    """Whether the demo plays it against the running shop; the loud ones are only replayed."""
    also: tuple[str, ...] = ()
    """Families that the same traffic rightly shows as well."""


_PYTHON = "python-requests/2.32.3"
_SQLMAP = "sqlmap/1.8.6#stable (https://sqlmap.org)"
_NIKTO = "Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)"

ATTACKS: tuple[Attack, ...] = (
    Attack(
        "sql_injection",
        "SQL 注入",
        injections.sql_injection,
        _SQLMAP,
        also=("vulnerability_scanning",),
    ),
    Attack(
        "credential_stuffing", "撞库", accounts.credential_stuffing, also=("credential_cracking",)
    ),
    Attack(
        "vulnerability_scanning",
        "漏洞扫描",
        bots.vulnerability_scanning,
        _NIKTO,
        also=("path_traversal", "sql_injection", "xss", "web_shell", "command_injection"),
    ),
    Attack("carding", "盗刷试卡", money.carding),
    Attack("log4shell", "Log4Shell", injections.log4shell),
    Attack("coupon_guessing", "优惠码猜测", money.coupon_guessing),
    Attack("xss", "跨站脚本", injections.xss),
    Attack("scraping", "数据爬取", bots.scraping, _PYTHON, real=False, also=("request_flood",)),
    Attack("path_traversal", "路径穿越", injections.path_traversal),
    Attack(
        "account_takeover", "盗号后改地址", accounts.account_takeover, also=("credential_cracking",)
    ),
    Attack("command_injection", "命令注入", injections.command_injection, also=("web_shell",)),
    Attack("order_enumeration", "订单遍历", bots.order_enumeration),
    Attack(
        "web_shell",
        "网页后门",
        injections.web_shell,
        real=False,
        also=("vulnerability_scanning", "command_injection"),
    ),
    Attack("price_tampering", "篡改价格", money.price_tampering),
    Attack("admin_login_new_country", "后台异地登录", accounts.admin_login_new_country),
    Attack("credential_cracking", "暴力破解", accounts.credential_cracking),
    Attack("mass_export", "批量导出客户数据", accounts.mass_export, real=False),
    Attack("request_flood", "请求洪水", bots.request_flood, real=False, also=("scraping",)),
)
