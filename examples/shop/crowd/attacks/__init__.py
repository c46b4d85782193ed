"""Attackers. `ATTACKS` lists every family with the generator that plays it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from crowd.attacks import accounts, bots, injections, money
from crowd.step import Steps, Visit


class Attack(NamedTuple):
    """A family of attacks: how it is played and with what client."""

    family: str
    title: str
    play: Callable[[Visit], Steps]
    agent: str = ""
    """Empty: the attacker pretends to be a browser."""
    real: bool = True
    """Whether the demo plays it against the running shop; the loud ones are only replayed."""
    abroad: bool = True
    """Whether the address is in another country than the shop."""


_PYTHON = "python-requests/2.32.3"
_SQLMAP = "sqlmap/1.8.6#stable (https://sqlmap.org)"
_NIKTO = "Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)"

# In the order in which the demo plays them: what shows quickly and differs most comes first.
ATTACKS: tuple[Attack, ...] = (
    Attack("sql_injection", "SQL 注入", injections.sql_injection, _SQLMAP),
    Attack("credential_stuffing", "撞库", accounts.credential_stuffing),
    Attack("vulnerability_scanning", "漏洞扫描", bots.vulnerability_scanning, _NIKTO),
    Attack("carding", "盗刷试卡", money.carding),
    Attack("log4shell", "Log4Shell", injections.log4shell),
    Attack("coupon_guessing", "优惠码猜测", money.coupon_guessing, abroad=False),
    Attack("xss", "跨站脚本", injections.xss),
    Attack("scraping", "数据爬取", bots.scraping, _PYTHON, real=False, abroad=False),
    Attack("path_traversal", "路径穿越", injections.path_traversal),
    Attack("account_takeover", "盗号后改地址", accounts.account_takeover),
    Attack("command_injection", "命令注入", injections.command_injection),
    Attack("order_enumeration", "订单遍历", bots.order_enumeration, abroad=False),
    Attack("web_shell", "网页后门", injections.web_shell, real=False),
    Attack("price_tampering", "篡改价格", money.price_tampering, abroad=False),
    Attack("admin_login_new_country", "后台异地登录", accounts.admin_login_new_country),
    Attack("credential_cracking", "暴力破解", accounts.credential_cracking),
    Attack("mass_export", "批量导出客户数据", accounts.mass_export, real=False, abroad=False),
    Attack("request_flood", "请求洪水", bots.request_flood, real=False),
)
